// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.Block;
import dev.pingora.core.configuration.Key;
import dev.pingora.core.configuration.ValueType;
import dev.pingora.core.configuration.Values;
import dev.pingora.http.FieldLine;
import dev.pingora.http.FieldName;
import dev.pingora.http.RequestHeader;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/// The keys of a block under `routes:`.
final class RouteKeys {
  private static final ValueType<Duration> TIME =
      Values.duration(Duration.ZERO, Duration.ofHours(24));

  /// Any field may be matched on; only some may be edited.
  private static final ValueType<String> FIELD =
      Values.parsed("a field name", name -> checked(FieldEdits.name(name), name), name -> name);

  private static final ValueType<String> EDITABLE =
      Values.parsed("a field name", name -> checked(FieldEdits.editable(name), name), name -> name);

  private static final ValueType<String> VALUE =
      Values.parsed(
          "visible characters, blanks and tabs within", FieldEdits::checkedValue, value -> value);

  private static final Block<RouteMatch.Builder, RouteMatch> MATCH =
      Block.of(
          RouteMatch::builder,
          RouteMatch.Builder::build,
          List.of(
              Key.of(
                  "host",
                  Values.parsed(HostPattern.FORM, HostPattern::parse, HostPattern::toString),
                  RouteMatch::host,
                  (b, v) -> b.host = v,
                  "One host, all below a suffix, or any"),
              Key.of(
                  "path",
                  Values.parsed(PathPattern.FORM, PathPattern::parse, PathPattern::toString),
                  RouteMatch::path,
                  (b, v) -> b.path = v,
                  "All paths with a prefix, or one"),
              Key.of(
                  "methods",
                  Values.list(Values.parsed("a method, as GET", RouteKeys::method, m -> m), 0, 64),
                  RouteMatch::methods,
                  (b, v) -> b.methods = v,
                  "Methods; empty = all"),
              Key.of(
                  "headers",
                  Values.map(FIELD, VALUE, 64).map(RouteKeys::headers, RouteKeys::values),
                  RouteMatch::headers,
                  (b, v) -> b.headers = v,
                  "Fields that must have this value; \"*\" = any value")));

  private static final Block<FieldEdits.Builder, FieldEdits> EDITS =
      Block.of(
          FieldEdits.Builder::new,
          FieldEdits.Builder::build,
          List.of(
              Key.of(
                  "set",
                  Values.map(EDITABLE, VALUE, 256),
                  e -> lines(e.set()),
                  (b, v) -> b.set = v,
                  "Fields that replace all of their name"),
              Key.of(
                  "add",
                  Values.map(EDITABLE, VALUE, 256),
                  e -> lines(e.add()),
                  (b, v) -> b.add = v,
                  "Fields that come behind those of their name"),
              Key.of(
                  "remove",
                  Values.list(
                      Values.parsed("a field name", FieldEdits::editable, FieldName::text), 0, 256),
                  FieldEdits::remove,
                  (b, v) -> b.remove = v,
                  "Names of fields that go")));

  private static final Block<RetryConf.Builder, RetryConf> RETRY =
      Block.of(
          RetryConf.Builder::new,
          RetryConf.Builder::build,
          List.of(
              Key.of(
                  "attempts",
                  Values.integer(0, 100),
                  RetryConf::attempts,
                  (b, v) -> b.attempts = v,
                  "Further attempts after the first"),
              Key.of(
                  "on",
                  Values.list(
                      Values.parsed(
                          RetryConf.Cause.FORM, RetryConf.Cause::parse, RetryConf.Cause::text),
                      0,
                      102),
                  RetryConf::on,
                  (b, v) -> b.on = v,
                  "What is tried again"),
              Key.later("budget", "Further attempts relative to all requests")));

  private static final Block<RateLimitConf.Builder, RateLimitConf> RATE_LIMIT =
      Block.withRequired(
          RateLimitConf.Builder::new,
          RateLimitConf.Builder::build,
          RouteKeys::rateExample,
          List.of(
              Key.required(
                  "rate",
                  Values.parsed(
                      RateLimitConf.Frequency.FORM,
                      RateLimitConf.Frequency::parse,
                      RateLimitConf.Frequency::text),
                  RateLimitConf::rate,
                  (b, v) -> b.rate = v,
                  "Requests of a client in the long run"),
              Key.optional(
                  "burst",
                  Values.whole(1, RateLimitConf.MAX_COUNT),
                  RateLimitConf::burst,
                  (b, v) -> b.burst = v,
                  "Requests that may come at once; null = as many as in the unit of rate"),
              Key.of(
                  "key",
                  ClientKey.type(),
                  RateLimitConf::key,
                  (b, v) -> b.key = v,
                  "Who is one client")));

  static final Block<RouteConf.Builder, RouteConf> BLOCK =
      Block.withRequired(RouteConf::builder, RouteConf.Builder::build, RouteKeys::example, keys());

  private RouteKeys() {}

  private static List<Key<RouteConf.Builder, RouteConf>> keys() {
    return Stream.concat(actions().stream(), changes().stream()).toList();
  }

  private static List<Key<RouteConf.Builder, RouteConf>> actions() {
    return List.of(
        Key.of("match", MATCH, RouteConf::match, (b, v) -> b.match = v, "Which requests"),
        Key.optional(
            "upstream",
            UpstreamKeys.NAME.map(Action.Forward::new, Action.Forward::name),
            r -> r.action() instanceof Action.Forward forward ? forward : null,
            (b, v) -> b.forward = v,
            "Forward to this upstream"),
        Key.optional(
            "split",
            ActionKeys.SPLIT,
            r -> r.action() instanceof Action.Split split ? split : null,
            (b, v) -> b.split = v,
            "Forward to several upstreams, each with a share"),
        Key.optional(
            "respond",
            ActionKeys.RESPOND,
            r -> r.action() instanceof Action.Respond respond ? respond : null,
            (b, v) -> b.respond = v,
            "Answer without an upstream"),
        Key.optional(
            "redirect",
            ActionKeys.REDIRECT,
            r -> r.action() instanceof Action.Redirect redirect ? redirect : null,
            (b, v) -> b.redirect = v,
            "Send the client elsewhere"));
  }

  private static List<Key<RouteConf.Builder, RouteConf>> changes() {
    return List.of(
        Key.optional(
            "rewrite",
            ActionKeys.REWRITE,
            RouteConf::rewrite,
            (b, v) -> b.rewrite = v,
            "Change the beginning of the path on its way upstream"),
        Key.of(
            "host",
            Values.parsed(HostPolicy.FORM, HostPolicy::parse, HostPolicy::text),
            RouteConf::host,
            (b, v) -> b.host = v,
            "Which Host the upstream is sent"),
        Key.of(
            "request_headers",
            EDITS,
            RouteConf::requestHeaders,
            (b, v) -> b.requestHeaders = v,
            "Changes to the request on its way upstream"),
        Key.of(
            "response_headers",
            EDITS,
            RouteConf::responseHeaders,
            (b, v) -> b.responseHeaders = v,
            "Changes to the response"),
        Key.later("buffering", "Whether requests are read whole before they are forwarded"),
        Key.of("retry", RETRY, RouteConf::retry, (b, v) -> b.retry = v, "When to try again"),
        Key.of(
            "timeout",
            TIME,
            RouteConf::timeout,
            (b, v) -> b.timeout = v,
            "Of the whole request; 0s = none"),
        Key.later("limits", "Bounds of the route's own"),
        Key.later("compression", "Compression of responses"),
        Key.later("mirror", "Copies of requests to another upstream"),
        Key.optional(
            "rate_limit",
            RATE_LIMIT,
            RouteConf::rateLimit,
            (b, v) -> b.rateLimit = v,
            "Bound on the rate of requests of each client; over it 429"),
        Key.later("error_pages", "Files to answer errors with"));
  }

  private static RateLimitConf rateExample() {
    RateLimitConf.Builder builder = new RateLimitConf.Builder();
    builder.rate = RateLimitConf.Frequency.parse("100/s");
    return builder.build();
  }

  /// Holds the defaults, for the schema.
  private static RouteConf example() {
    RouteConf.Builder builder = RouteConf.builder();
    builder.forward = new Action.Forward("app");
    return builder.build();
  }

  /// {@return the name as it is written: its case is what the other side sees}
  private static String checked(FieldName field, String name) {
    return Objects.requireNonNull(field, "field").text().isEmpty() ? "" : name;
  }

  private static String method(String text) {
    try {
      return RequestHeader.of(text, "/").method();
    } catch (IllegalArgumentException _) {
      throw new IllegalArgumentException("\"" + text + "\" is no token");
    }
  }

  private static List<HeaderMatch> headers(Map<String, String> values) {
    return values.entrySet().stream()
        .map(e -> new HeaderMatch(FieldName.of(e.getKey()), e.getValue()))
        .toList();
  }

  private static Map<String, String> values(List<HeaderMatch> headers) {
    Map<String, String> values = new LinkedHashMap<>();
    headers.forEach(h -> values.put(h.name().text(), h.value()));
    return values;
  }

  private static Map<String, String> lines(List<FieldLine> lines) {
    Map<String, String> values = new LinkedHashMap<>();
    lines.forEach(line -> values.put(line.name().text(), line.value()));
    return values;
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.Block;
import dev.pingora.core.configuration.Key;
import dev.pingora.core.configuration.ValueType;
import dev.pingora.core.configuration.Values;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The keys of what a route does: `split`, `respond`, `redirect`, `rewrite`.
final class ActionKeys {
  private static final Pattern MEDIA_TYPE =
      Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+/[!#$%&'*+.^_`|~0-9A-Za-z-]+( *;[ -~]*)?");

  private static final Block<ShareBuilder, Action.Share> SHARE =
      Block.withRequired(
          ShareBuilder::new,
          ShareBuilder::build,
          () -> new Action.Share("app", 1),
          List.of(
              Key.required(
                  "upstream",
                  UpstreamKeys.NAME,
                  Action.Share::upstream,
                  (b, v) -> b.upstream = v,
                  "Name of an upstream"),
              Key.of(
                  "weight",
                  Values.integer(0, 65_535),
                  Action.Share::weight,
                  (b, v) -> b.weight = v,
                  "Share of the requests, relative to the others'")));

  static final ValueType<Action.Split> SPLIT =
      Values.list(SHARE, 1, 64).map(Action.Split::new, Action.Split::shares);

  static final Block<RespondBuilder, Action.Respond> RESPOND =
      Block.of(
          RespondBuilder::new,
          RespondBuilder::build,
          List.of(
              Key.of(
                  "status",
                  Values.integer(200, 599),
                  Action.Respond::status,
                  (b, v) -> b.status = v,
                  "Status code"),
              Key.of(
                  "content_type",
                  Values.matching("media type, as text/plain", MEDIA_TYPE),
                  Action.Respond::contentType,
                  (b, v) -> b.contentType = v,
                  "Content-Type of the content"),
              Key.optional(
                  "body", Values.text(), Action.Respond::body, (b, v) -> b.body = v, "Content"),
              Key.optional(
                  "file",
                  Values.path(),
                  Action.Respond::file,
                  (b, v) -> b.file = v,
                  "File that is the content, read at start")));

  static final Block<RedirectBuilder, Action.Redirect> REDIRECT =
      Block.withRequired(
          RedirectBuilder::new,
          RedirectBuilder::build,
          () -> new Action.Redirect(308, Location.parse("/")),
          List.of(
              Key.of(
                  "status",
                  statuses(301, 302, 303, 307, 308),
                  Action.Redirect::status,
                  (b, v) -> b.status = v,
                  "Status code"),
              Key.required(
                  "location",
                  Values.parsed(Location.FORM, ActionKeys::location, Location::toString),
                  Action.Redirect::location,
                  (b, v) -> b.location = v,
                  "Where to")));

  static final Block<RewriteBuilder, Rewrite> REWRITE =
      Block.withRequired(
          RewriteBuilder::new,
          RewriteBuilder::build,
          () -> new Rewrite("/", "/"),
          List.of(
              Key.required(
                  "prefix",
                  Values.parsed("/path", ActionKeys::path, p -> p),
                  Rewrite::prefix,
                  (b, v) -> b.prefix = v,
                  "What to replace at the beginning of the path"),
              Key.required(
                  "to",
                  Values.parsed("/path", ActionKeys::path, p -> p),
                  Rewrite::to,
                  (b, v) -> b.to = v,
                  "What to put there")));

  private ActionKeys() {}

  private static ValueType<Integer> statuses(int... codes) {
    Map<String, Integer> words = new LinkedHashMap<>();
    for (int code : codes) {
      words.put(Integer.toString(code), code);
    }
    return Values.oneOf(words, Set.of());
  }

  private static Location location(String text) {
    Location location = Location.parse(text);
    if (!location.isAnchored()) {
      throw new IllegalArgumentException("is \"" + text + "\", which is relative");
    }
    return location;
  }

  private static String path(String text) {
    PathPattern pattern = PathPattern.parse(text);
    if (pattern.exact()) {
      throw new IllegalArgumentException("is \"" + text + "\"");
    }
    return pattern.path();
  }

  /// Collects an [Action.Share].
  private static final class ShareBuilder {
    String upstream = "";
    int weight = 1;

    Action.Share build() {
      return new Action.Share(upstream, weight);
    }
  }

  /// Collects an [Action.Respond].
  static final class RespondBuilder {
    int status = 200;
    String contentType = "text/plain";
    @Nullable String body;
    @Nullable Path file;

    Action.Respond build() {
      return new Action.Respond(status, contentType, body, file);
    }
  }

  /// Collects an [Action.Redirect].
  static final class RedirectBuilder {
    int status = 308;
    Location location = Location.parse("/");

    Action.Redirect build() {
      return new Action.Redirect(status, location);
    }
  }

  /// Collects a [Rewrite].
  static final class RewriteBuilder {
    String prefix = "/";
    String to = "/";

    Rewrite build() {
      return new Rewrite(prefix, to);
    }
  }
}

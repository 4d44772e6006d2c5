// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.KeyFault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One route: which requests, and what becomes of them.
///
/// @param match which requests
/// @param action what is done with them
/// @param rewrite change to the path on its way upstream; null = none
/// @param host which Host the upstream is sent
/// @param requestHeaders changes to the request on its way upstream
/// @param responseHeaders changes to the response, whoever made it
/// @param retry when a request is tried again
/// @param timeout for the whole request; zero = none
/// @param rateLimit how often each client may ask; null = no bound
record RouteConf(
    RouteMatch match,
    Action action,
    @Nullable Rewrite rewrite,
    HostPolicy host,
    FieldEdits requestHeaders,
    FieldEdits responseHeaders,
    RetryConf retry,
    Duration timeout,
    @Nullable RateLimitConf rateLimit) {

  RouteConf {
    boolean forwards = action instanceof Action.Forward || action instanceof Action.Split;
    if (!forwards) {
      String hint = "expected: upstream or split beside it";
      refuse(rewrite != null, "rewrite", hint);
      refuse(!(host instanceof HostPolicy.Keep), "host", hint);
      refuse(!requestHeaders.isEmpty(), "request_headers", hint);
      refuse(!retry.equals(RetryConf.defaults()), "retry", hint);
    }
    // A path that the rewrite cannot apply to would be forwarded as it is.
    if (rewrite != null && !reaches(match.path(), rewrite.prefix())) {
      throw new KeyFault(
          "rewrite",
          "prefix %s is not a prefix of the matched path %s"
              .formatted(rewrite.prefix(), match.path()),
          "expected: the matched path or less of it");
    }
  }

  private static void refuse(boolean given, String key, String hint) {
    if (given) {
      throw new KeyFault(key, "has no effect without an upstream", hint);
    }
  }

  private static boolean reaches(PathPattern path, String prefix) {
    return new PathPattern(false, prefix).matches(path.path());
  }

  static Builder builder() {
    return new Builder();
  }

  /// Collects a [RouteConf]; confined to one thread.
  static final class Builder {
    RouteMatch match = RouteMatch.everything();
    Action.@Nullable Forward forward;
    Action.@Nullable Split split;
    Action.@Nullable Respond respond;
    Action.@Nullable Redirect redirect;
    @Nullable Rewrite rewrite;
    HostPolicy host = new HostPolicy.Keep();
    FieldEdits requestHeaders = FieldEdits.none();
    FieldEdits responseHeaders = FieldEdits.none();
    RetryConf retry = RetryConf.defaults();
    Duration timeout = Duration.ZERO;
    @Nullable RateLimitConf rateLimit;

    RouteConf build() {
      return new RouteConf(
          match,
          action(),
          rewrite,
          host,
          requestHeaders,
          responseHeaders,
          retry,
          timeout,
          rateLimit);
    }

    private Action action() {
      List<Action> actions = new ArrayList<>();
      List<String> keys = new ArrayList<>();
      add("upstream", forward, keys, actions);
      add("split", split, keys, actions);
      add("respond", respond, keys, actions);
      add("redirect", redirect, keys, actions);
      if (actions.isEmpty()) {
        throw new KeyFault("", "does nothing", "expected: " + Action.KEYS);
      }
      if (actions.size() > 1) {
        String what = "is given beside " + keys.getFirst();
        throw new KeyFault(keys.get(1), what, "expected: " + Action.KEYS);
      }
      return actions.getFirst();
    }

    private static void add(
        String key, @Nullable Action action, List<String> keys, List<Action> actions) {
      if (action != null) {
        keys.add(key);
        actions.add(action);
      }
    }
  }
}

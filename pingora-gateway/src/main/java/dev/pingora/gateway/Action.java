// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.KeyFault;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a route does with its requests.
sealed interface Action {

  /// The keys that name an action, of which a route has exactly one.
  String KEYS = "exactly one of upstream, split, respond, redirect";

  /// Forwards to an upstream.
  ///
  /// @param name its name in `upstreams:`
  record Forward(String name) implements Action {}

  /// Forwards to one of several upstreams, each with a share of the requests.
  ///
  /// @param shares at least one with a weight above zero
  record Split(List<Share> shares) implements Action {
    public Split {
      shares = List.copyOf(shares);
      if (shares.stream().mapToInt(Share::weight).sum() == 0) {
        throw new IllegalArgumentException("has only weights of 0");
      }
      long names = shares.stream().map(Share::upstream).distinct().count();
      if (names < shares.size()) {
        throw new IllegalArgumentException("names an upstream twice");
      }
    }
  }

  /// One part of a [Split].
  ///
  /// @param upstream its name in `upstreams:`
  /// @param weight the share, relative to the sum of all weights
  record Share(String upstream, int weight) {}

  /// Answers without an upstream.
  ///
  /// @param status a final status code
  /// @param contentType value of Content-Type; sent only when there is content
  /// @param body the content, as UTF-8; null when it comes from a file
  /// @param file whose bytes are the content, read at start
  record Respond(int status, String contentType, @Nullable String body, @Nullable Path file)
      implements Action {
    /// RFC 9110 §15.3.5, §15.3.6, §15.4.5: these have no content.
    private static final Set<Integer> WITHOUT_CONTENT = Set.of(204, 205, 304);

    public Respond {
      if (body != null && file != null) {
        throw new KeyFault("file", "is given beside body", "expected: body or file");
      }
      boolean content = file != null || (body != null && !body.isEmpty());
      if (content && WITHOUT_CONTENT.contains(status)) {
        throw new KeyFault(
            "status", "is " + status + ", which has no content", "expected: no body and no file");
      }
    }
  }

  /// Sends the client elsewhere.
  ///
  /// @param status 301, 302, 303, 307 or 308
  /// @param location where to
  record Redirect(int status, Location location) implements Action {}
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import org.jspecify.annotations.Nullable;

/// Replaces the beginning of a path on its way upstream.
///
/// @param prefix what to replace, where it ends at the end of a segment
/// @param to what to put there
record Rewrite(String prefix, String to) {

  /// {@return the path with its prefix replaced, or null when it does not have the prefix}
  ///
  /// The slash between what is put in and what remains is neither lost nor doubled: `/api` → `/`
  /// makes `/api/x` and `/api` into `/x` and `/`; `/api` → `/v1` makes them `/v1/x` and `/v1`.
  ///
  /// @param path in normal spelling
  @Nullable String apply(String path) {
    if (!new PathPattern(false, prefix).matches(path)) {
      return null;
    }
    String rest = path.substring(prefix.length());
    if (rest.isEmpty()) {
      return to;
    }
    if (to.endsWith("/")) {
      return to + (rest.startsWith("/") ? rest.substring(1) : rest);
    }
    return rest.startsWith("/") ? to + rest : to + "/" + rest;
  }
}

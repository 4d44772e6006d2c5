// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.http.Method;
import dev.pingora.http.RequestHeader;

/// The paths of a route: one, or all that begin with a prefix.
///
/// A prefix ends where a segment ends: `/api` is `/api` and all below `/api/`, but not `/apix`;
/// `/api/` is only what is below. `/` is every path.
///
/// @param exact whether only this path is meant
/// @param path in [normal spelling][RequestHeader#path], as the paths are that it is compared with
record PathPattern(boolean exact, String path) {
  static final String FORM = "/prefix, or \"= /path\" for one path";

  static PathPattern all() {
    return new PathPattern(false, "/");
  }

  static PathPattern parse(String text) {
    boolean exact = text.startsWith("=");
    String path = exact ? text.substring(1).stripLeading() : text;
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("is \"" + text + "\", which does not begin with /");
    }
    if (path.indexOf('?') >= 0 || path.indexOf('#') >= 0) {
      throw new IllegalArgumentException("is \"" + text + "\", which is more than a path");
    }
    String normal = normal(path);
    if (!normal.equals(path)) {
      throw new IllegalArgumentException(
          "is \"%s\", which no request has: paths are compared as \"%s\"".formatted(text, normal));
    }
    return new PathPattern(exact, path);
  }

  private static String normal(String path) {
    try {
      return RequestHeader.of(Method.GET, path).path();
    } catch (IllegalArgumentException _) { // holds what no target can: blanks, control characters
      return path + "?";
    }
  }

  /// {@return whether a path is of this pattern}
  ///
  /// @param other in normal spelling
  boolean matches(String other) {
    if (exact) {
      return other.equals(path);
    }
    return other.startsWith(path)
        && (other.length() == path.length()
            || path.endsWith("/")
            || other.charAt(path.length()) == '/');
  }

  /// {@return the text form}
  @Override
  public String toString() {
    return exact ? "= " + path : path;
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http;

import dev.pingora.error.Escaped;
import java.util.Locale;

/// Scheme, authority, host and port, cut out of texts (RFC 3986 §3). Reads whatever is there;
/// whether it is allowed is decided by the codecs.
final class Authority {
  private static final int MAX_SHOWN = 64;
  private static final int MAX_PORT = 65535;

  private Authority() {}

  /// Where the path of a target begins; its length if there is none.
  static int pathStart(TargetForm form, String target) {
    return switch (form) {
      case ORIGIN, ASTERISK -> 0;
      case AUTHORITY -> target.length();
      case ABSOLUTE -> authorityEnd(target, authorityStart(target));
    };
  }

  /// The authority inside a target; empty if it has none.
  static String ofTarget(TargetForm form, String target) {
    return switch (form) {
      case ORIGIN, ASTERISK -> "";
      case AUTHORITY -> target;
      case ABSOLUTE -> {
        int start = authorityStart(target);
        yield target.substring(start, authorityEnd(target, start));
      }
    };
  }

  static String scheme(TargetForm form, String target) {
    int colon = form == TargetForm.ABSOLUTE ? target.indexOf(':') : -1;
    return colon < 0 ? "" : target.substring(0, colon).toLowerCase(Locale.ROOT);
  }

  private static int authorityStart(String target) {
    int slashes = target.indexOf("://");
    return slashes < 0 ? target.length() : slashes + 3;
  }

  private static int authorityEnd(String target, int start) {
    for (int i = start; i < target.length(); i++) {
      char c = target.charAt(i);
      if (c == '/' || c == '?') {
        return i;
      }
    }
    return target.length();
  }

  static String host(String authority) {
    int end = portColon(authority);
    String host = end < 0 ? authority : authority.substring(0, end);
    return host.toLowerCase(Locale.ROOT);
  }

  /// RFC 3986 §3.2.3: `*DIGIT`, so an empty port is the same as none.
  static int port(String authority) {
    int colon = portColon(authority);
    int length = colon < 0 ? 0 : authority.length() - colon - 1;
    if (length < 1 || length > 5) {
      return -1;
    }
    int port = 0;
    for (int i = colon + 1; i < authority.length(); i++) {
      int digit = authority.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      port = port * 10 + digit;
    }
    return port <= MAX_PORT ? port : -1;
  }

  /// The colon before the port, or -1; the colons of an IPv6 address stand in brackets.
  private static int portColon(String authority) {
    int colon = authority.lastIndexOf(':');
    return colon > authority.lastIndexOf(']') ? colon : -1;
  }

  static String checked(String authority) {
    for (int i = 0; i < authority.length(); i++) {
      if (!Octets.isAuthorityChar(authority.charAt(i))) {
        throw new IllegalArgumentException(
            "authority: \"" + Escaped.text(authority, MAX_SHOWN) + "\" (expected: host[:port])");
      }
    }
    return authority;
  }

  static String checkedScheme(String scheme) {
    for (int i = 0; i < scheme.length(); i++) {
      char c = scheme.charAt(i);
      boolean letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
      boolean inner = i > 0 && ((c >= '0' && c <= '9') || "+-.".indexOf(c) >= 0);
      if (!letter && !inner) {
        throw refusedScheme(scheme);
      }
    }
    if (scheme.isEmpty()) {
      throw refusedScheme(scheme);
    }
    return scheme.toLowerCase(Locale.ROOT);
  }

  private static IllegalArgumentException refusedScheme(String scheme) {
    return new IllegalArgumentException(
        "scheme: \"" + Escaped.text(scheme, MAX_SHOWN) + "\" (expected: such as https)");
  }
}

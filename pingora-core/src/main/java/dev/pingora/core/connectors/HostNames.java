// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.connectors;

/// What may be asked of a name server.
final class HostNames {
  /// RFC 1035 §2.3.4: 255 octets on the wire, which leaves this much for the text.
  private static final int MAX_LENGTH = 253;

  private static final int MAX_LABEL = 63;

  private HostNames() {}

  /// {@return whether `host` is the text of an address} Such a name cannot exist: the last label of
  /// a name is never a number (RFC 3696 §2).
  static boolean isLiteral(String host) {
    if (host.indexOf(':') >= 0) {
      return true;
    }
    int dots = 0;
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if (c == '.') {
        dots++;
      } else if (c < '0' || c > '9') {
        return false;
      }
    }
    return dots == 3;
  }

  /// {@return whether a name may be asked for}: labels of 1 to 63 letters, digits, `-` and `_`, 253
  /// octets in all; a dot at its end says that it is complete.
  static boolean isValid(String name) {
    String bare = bare(name);
    if (bare.isEmpty() || bare.length() > MAX_LENGTH) {
      return false;
    }
    int label = 0;
    for (int i = 0; i < bare.length(); i++) {
      char c = bare.charAt(i);
      if (c == '.') {
        if (label == 0) {
          return false;
        }
        label = 0;
      } else if (!isLabelOctet(c) || ++label > MAX_LABEL) {
        return false;
      }
    }
    return label > 0;
  }

  /// {@return the name without the dot that makes it complete}
  static String bare(String name) {
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  /// RFC 6761 §6.3: resolvers answer for these themselves.
  static boolean isLocalhost(String name) {
    String bare = bare(name);
    return bare.equals("localhost") || bare.endsWith(".localhost");
  }

  private static boolean isLabelOctet(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '_';
  }
}

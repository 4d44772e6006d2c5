// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

/// The grammar of `host [ ":" port ]`, as the Host field and the authority of a target have it (RFC
/// 3986 §3.2.2, §3.2.3).
///
/// An `@` is no part of it, so userinfo is refused wherever this grammar is asked for (RFC 9110
/// §4.2.4). An empty host is refused as well, because a URI of http or https must not have one (RFC
/// 9110 §4.2.1). Stateless; any thread may use it.
final class HostPort {
  /// What an authority must bring besides a host.
  enum Port {
    OPTIONAL,
    /// CONNECT has no default port (RFC 9110 §9.3.6).
    REQUIRED
  }

  private static final int MAX_PORT = 65_535;
  private static final int IPV6_GROUPS = 8;
  private static final int IPV4_OCTETS = 4;

  private HostPort() {}

  /// {@return whether the octets are a host, followed by a port if there is one}
  static boolean isValid(byte[] bytes, int from, int to, Port port) {
    if (from == to) {
      return false;
    }
    int end = bytes[from] == '[' ? literalEnd(bytes, from, to) : nameEnd(bytes, from, to);
    if (end <= from) {
      return false;
    }
    if (end == to) {
      return port == Port.OPTIONAL;
    }
    return bytes[end] == ':' && isPort(bytes, end + 1, to, port);
  }

  /// {@return the first octet behind a `reg-name` or an IPv4 address, or -1 for a broken
  /// percent-encoding}
  private static int nameEnd(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to && Octets.isRegName(bytes[i])) {
      if (bytes[i] == '%') {
        boolean encoded =
            i + 2 < to && Octets.hexDigit(bytes[i + 1]) >= 0 && Octets.hexDigit(bytes[i + 2]) >= 0;
        if (!encoded) {
          return -1;
        }
        i += 2;
      }
      i++;
    }
    return i;
  }

  /// RFC 3986 §3.2.3: `port = *DIGIT`; an empty one means the default.
  private static boolean isPort(byte[] bytes, int from, int to, Port port) {
    int number = 0;
    for (int i = from; i < to; i++) {
      if (!Octets.isDigit(bytes[i])) {
        return false;
      }
      number = number * 10 + bytes[i] - '0';
      if (number > MAX_PORT) {
        return false;
      }
    }
    return port == Port.OPTIONAL || number > 0;
  }

  /// {@return the first octet behind `[` IPv6 address `]`, or -1}
  private static int literalEnd(byte[] bytes, int from, int to) {
    int close = from + 1;
    while (close < to && bytes[close] != ']') {
      close++;
    }
    return close < to && isIpv6(bytes, from + 1, close) ? close + 1 : -1;
  }

  /// RFC 3986 §3.2.2: eight groups of up to four digits; one `::` stands for one group of zeros or
  /// more; the last two groups may be an IPv4 address. Zone identifiers mean nothing to another
  /// host and are refused.
  private static boolean isIpv6(byte[] bytes, int from, int to) {
    int groups = 0;
    boolean gap = false;
    int i = from;
    if (startsWithGap(bytes, i, to)) {
      gap = true;
      i += 2;
    }
    while (i < to) {
      int end = groupEnd(bytes, i, to);
      if (end < to && bytes[end] == '.') {
        groups += 2;
        return isIpv4(bytes, i, to) && isComplete(groups, gap);
      }
      if (end == i) {
        return false;
      }
      groups++;
      if (end == to) {
        return isComplete(groups, gap);
      }
      if (startsWithGap(bytes, end, to) && !gap) {
        gap = true;
        i = end + 2;
      } else if (bytes[end] == ':' && end + 1 < to) {
        i = end + 1;
      } else {
        return false;
      }
    }
    return isComplete(groups, gap);
  }

  private static boolean isComplete(int groups, boolean gap) {
    return gap ? groups < IPV6_GROUPS : groups == IPV6_GROUPS;
  }

  private static boolean startsWithGap(byte[] bytes, int from, int to) {
    return from + 1 < to && bytes[from] == ':' && bytes[from + 1] == ':';
  }

  private static int groupEnd(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to && i - from < 4 && Octets.hexDigit(bytes[i]) >= 0) {
      i++;
    }
    return i;
  }

  /// RFC 3986 §3.2.2: four decimal octets without leading zeros.
  private static boolean isIpv4(byte[] bytes, int from, int to) {
    int i = from;
    for (int octet = 0; octet < IPV4_OCTETS; octet++) {
      if (octet > 0 && (i == to || bytes[i++] != '.')) {
        return false;
      }
      int start = i;
      int number = 0;
      while (i < to && i - start < 3 && Octets.isDigit(bytes[i])) {
        number = number * 10 + bytes[i++] - '0';
      }
      boolean leadingZero = i - start > 1 && bytes[start] == '0';
      if (i == start || leadingZero || number > 255) {
        return false;
      }
    }
    return i == to;
  }
}

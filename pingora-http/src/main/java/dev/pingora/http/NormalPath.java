// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http;

/// The one spelling of a path, so that a rule on paths cannot be passed by spelling it differently.
///
/// In this order (RFC 3986 §6.2.2, and what nginx does by default):
///
/// 1. a percent-encoded unreserved character is decoded; the hexadecimal digits of any other
///    percent-encoding become upper-case; an octet over 0x7E or under 0x21 becomes percent-encoded;
/// 2. a run of slashes becomes one;
/// 3. the segments `.` and `..` are removed, never climbing above the root.
///
/// | came | is |
/// |---|---|
/// | `/a/./b/../c` | `/a/c` |
/// | `/a/%2e%2E/%7euser` | `/~user` |
/// | `//a///b/` | `/a/b/` |
/// | `/../../etc` | `/etc` |
/// | `/a/..` | `/` |
/// | `/a%2fb` | `/a%2Fb` (an encoded slash is data, not a separator) |
/// | `/a%zz` | `/a%zz` (not an encoding: kept) |
/// | `/a;x=/..;/b` | `/a;x=/..;/b` (parameters mean nothing to HTTP) |
/// | `/A` | `/A` (paths have case) |
///
/// A percent-encoding is decoded once only: `/%252e` is `/%252e`. The work is linear.
final class NormalPath {
  private static final char[] HEX = "0123456789ABCDEF".toCharArray();

  private final StringBuilder out;

  private NormalPath(int capacity) {
    this.out = new StringBuilder(capacity);
  }

  /// {@return the normal form of a path that begins with a slash or is empty}
  static String of(String path) {
    if (isNormal(path)) {
      return path;
    }
    NormalPath normal = new NormalPath(path.length() + 8);
    normal.decode(path);
    return normal.out.toString();
  }

  /// Whether nothing needs to be done, as for nearly every request; errs on the side of work.
  private static boolean isNormal(String path) {
    if (path.isEmpty() || path.charAt(0) != '/') {
      return false;
    }
    char previous = 0;
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (isSuspect(previous, c)) {
        return false;
      }
      previous = c;
    }
    return true;
  }

  /// {@return where the path ends in a target of origin form, or -1 if it may need work}
  static int normalUntil(byte[] octets, int start, int end) {
    int previous = 0;
    for (int i = start; i < end; i++) {
      int c = octets[i] & 0xFF;
      if (c == '?') {
        return i;
      }
      if (isSuspect(previous, c)) {
        return -1;
      }
      previous = c;
    }
    return end;
  }

  private static boolean isSuspect(int previous, int c) {
    return (previous == '/' && (c == '/' || c == '.')) || c == '%' || c > 0x7E || c <= ' ';
  }

  private void decode(String path) {
    out.append('/');
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '/') {
        endSegment(true);
      } else if (c == '%' && isEncoding(path, i)) {
        appendDecoded(
            Octets.hexDigit(path.charAt(i + 1)) << 4 | Octets.hexDigit(path.charAt(i + 2)));
        i += 2;
      } else if (c > 0x7E || c <= ' ') {
        appendEncoded(c & 0xFF);
      } else {
        out.append(c);
      }
    }
    endSegment(false);
  }

  private static boolean isEncoding(String path, int percent) {
    return percent + 2 < path.length()
        && Octets.hexDigit(path.charAt(percent + 1)) >= 0
        && Octets.hexDigit(path.charAt(percent + 2)) >= 0;
  }

  private void appendDecoded(int octet) {
    if (Octets.isUnreserved(octet)) {
      out.append((char) octet);
    } else {
      appendEncoded(octet);
    }
  }

  private void appendEncoded(int octet) {
    out.append('%').append(HEX[octet >> 4]).append(HEX[octet & 15]);
  }

  /// Looks at the segment behind the last slash: drops it if it is `.`, drops it and the one before
  /// if it is `..`, and closes it with one slash otherwise.
  private void endSegment(boolean slash) {
    int start = out.lastIndexOf("/") + 1;
    int length = out.length() - start;
    if (length == 1 && out.charAt(start) == '.') {
      out.setLength(start);
    } else if (length == 2 && out.charAt(start) == '.' && out.charAt(start + 1) == '.') {
      int parent = start < 2 ? 0 : out.lastIndexOf("/", start - 2);
      out.setLength(parent + 1);
    } else if (length > 0 && slash) {
      out.append('/');
    }
  }
}

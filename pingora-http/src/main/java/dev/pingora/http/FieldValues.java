// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http;

import static java.util.Objects.requireNonNull;

import dev.pingora.error.Escaped;

/// What a value given by the application must be, and reading of values that are lists.
final class FieldValues {
  private static final int MAX_SHOWN = 64;

  private FieldValues() {}

  /// Refuses a value that must not get into a message.
  ///
  /// RFC 9110 §5.5: a recipient of CR, LF or NUL must refuse or replace them; we refuse them, and
  /// with them all other controls but HTAB, and characters that are not one octet.
  static void check(String name, String value) {
    requireNonNull(value, "value");
    for (int i = 0; i < value.length(); i++) {
      if (!Octets.isValueChar(value.charAt(i))) {
        throw refused(name, i, Escaped.text(value, MAX_SHOWN));
      }
    }
  }

  static void check(String name, byte[] value) {
    for (int i = 0; i < value.length; i++) {
      if (!Octets.isValueChar(value[i] & 0xFF)) {
        throw refused(name, i, Escaped.bytes(value, 0, value.length, MAX_SHOWN));
      }
    }
  }

  private static IllegalArgumentException refused(String name, int position, String shown) {
    return new IllegalArgumentException(
        "field "
            + Escaped.text(name, MAX_SHOWN)
            + ": \""
            + shown
            + "\", position "
            + position
            + " (expected: visible characters up to U+00FF, space, tab)");
  }

  /// Where the value begins behind leading white space.
  static int start(String value) {
    int start = 0;
    while (start < value.length() && Octets.isOws(value.charAt(start))) {
      start++;
    }
    return start;
  }

  /// Where the value ends before trailing white space.
  static int end(String value, int start) {
    int end = value.length();
    while (end > start && Octets.isOws(value.charAt(end - 1))) {
      end--;
    }
    return end;
  }

  static int start(byte[] value) {
    int start = 0;
    while (start < value.length && Octets.isOws(value[start])) {
      start++;
    }
    return start;
  }

  static int end(byte[] value, int start) {
    int end = value.length;
    while (end > start && Octets.isOws(value[end - 1])) {
      end--;
    }
    return end;
  }

  /// Whether a comma-separated list (RFC 9110 §5.6.1) has a member equal to the token, ignoring
  /// case. A comma inside a quoted string (§5.6.4) separates nothing; a string that never ends
  /// reaches to the end of the value.
  static boolean hasMember(byte[] line, int start, int end, CharSequence token) {
    int memberStart = start;
    while (memberStart < end) {
      int memberEnd = memberEnd(line, memberStart, end);
      if (isMember(line, memberStart, memberEnd, token)) {
        return true;
      }
      memberStart = memberEnd + 1;
    }
    return false;
  }

  /// The position of the comma that ends a member, or the end of the value.
  static int memberEnd(byte[] line, int start, int end) {
    boolean quoted = false;
    for (int i = start; i < end; i++) {
      byte c = line[i];
      if (c == '"') {
        quoted = !quoted;
      } else if (c == '\\' && quoted) {
        i++;
      } else if (c == ',' && !quoted) {
        return i;
      }
    }
    return end;
  }

  private static boolean isMember(byte[] line, int from, int to, CharSequence token) {
    int start = from;
    int end = to;
    while (start < end && Octets.isOws(line[start])) {
      start++;
    }
    while (end > start && Octets.isOws(line[end - 1])) {
      end--;
    }
    return start < end && Octets.equalsIgnoreCase(line, start, end - start, token);
  }
}

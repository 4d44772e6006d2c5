// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import java.util.ArrayList;
import java.util.List;

/// Reads field values that are comma-separated lists (RFC 9110 §5.6.1), for the rare cases where
/// every member matters; the usual ones ask
/// [dev.pingora.http.Fields#contains(dev.pingora.http.FieldName, CharSequence)], which allocates
/// nothing.
final class CommaList {
  private CommaList() {}

  /// {@return the members without white space around them, empty ones included, at least one}
  ///
  /// A comma inside a quoted string separates nothing. An unclosed string goes on to the end: the
  /// member that contains it is then no token, which callers refuse or ignore.
  static List<String> members(String value) {
    List<String> members = new ArrayList<>(4);
    int start = 0;
    boolean quoted = false;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (quoted && c == '\\') {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        members.add(trimmed(value, start, i));
        start = i + 1;
      }
    }
    members.add(trimmed(value, start, value.length()));
    return members;
  }

  /// OWS is SP and HTAB only; [String#strip] would take more.
  private static String trimmed(String value, int from, int to) {
    int start = from;
    int end = to;
    while (start < end && isBlank(value.charAt(start))) {
      start++;
    }
    while (end > start && isBlank(value.charAt(end - 1))) {
      end--;
    }
    return value.substring(start, end);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  /// {@return whether the text is a token (RFC 9110 §5.6.2)}
  static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c > 0x7F || !Octets.isTchar((byte) c)) {
        return false;
      }
    }
    return !text.isEmpty();
  }
}

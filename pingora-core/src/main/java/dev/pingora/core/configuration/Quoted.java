// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

/// Text of a file inside a message: short, and on one line.
///
/// A configuration may hold anything, and what it holds ends on a terminal or in a log: control
/// characters are written as escapes, and long values are cut.
final class Quoted {
  /// Longest excerpt of a value, in characters.
  private static final int MAX = 60;

  /// Longest excerpt of a path of keys, in characters.
  private static final int MAX_PATH = 160;

  /// Longest part of a message, in characters: what a library says may quote the file at length.
  private static final int MAX_MESSAGE = 600;

  private Quoted() {}

  /// {@return `text` between double quotes, cut and escaped}
  static String of(String text) {
    return '"' + cut(text, MAX) + '"';
  }

  /// {@return a message, cut and escaped}
  static String message(String text) {
    return cut(text, MAX_MESSAGE);
  }

  /// {@return a path of keys, cut and escaped, without quotes}
  static String path(String text) {
    return cut(text, MAX_PATH);
  }

  private static String cut(String text, int max) {
    if (text.length() <= max) {
      return escaped(text);
    }
    // A surrogate pair is not cut in two.
    int end = Character.isHighSurrogate(text.charAt(max - 1)) ? max - 1 : max;
    return escaped(text.substring(0, end)) + "…";
  }

  /// {@return `text` with control characters, line separators and lone surrogates escaped}
  private static String escaped(String text) {
    if (text.codePoints().noneMatch(Quoted::unprintable)) {
      return text;
    }
    var out = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(c -> {
          if (unprintable(c)) {
            out.append("\\u%04x".formatted(c));
          } else {
            out.appendCodePoint(c);
          }
        });
    return out.toString();
  }

  private static boolean unprintable(int codePoint) {
    int type = Character.getType(codePoint);
    return type == Character.CONTROL
        || type == Character.FORMAT // bidirectional overrides among them
        || type == Character.SURROGATE
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR;
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import org.jspecify.annotations.Nullable;

/// Text of a client inside a line of the log: what it says stays inside its field and its line.
///
/// Everything but printable ASCII becomes an escape, also quotes and backslashes, so that neither a
/// line feed nor a terminal's escape sequence nor a quote can forge an entry. Long values are cut:
/// a line is at most a few times [#MAX] long.
final class LogText {
  /// Characters kept of a value.
  static final int MAX = 8192;

  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private LogText() {}

  /// Appends a value as common log format does: `-` for nothing, `\x0a`, `\"`, `\\`.
  static void plain(@Nullable String value, StringBuilder out) {
    if (value == null || value.isEmpty()) {
      out.append('-');
      return;
    }
    for (int i = 0; i < Math.min(value.length(), MAX); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c >= ' ' && c < 0x7f) {
        out.append(c);
      } else if (c <= 0xff) {
        hex(c, 2, out.append("\\x"));
      } else {
        hex(c, 4, out.append("\\u"));
      }
    }
    cut(value, out);
  }

  /// Appends a value as JSON: `null` for nothing, else a string (RFC 8259 §7).
  static void json(@Nullable String value, StringBuilder out) {
    if (value == null) {
      out.append("null");
      return;
    }
    out.append('"');
    for (int i = 0; i < Math.min(value.length(), MAX); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c >= ' ' && c < 0x7f) {
        out.append(c);
      } else {
        hex(c, 4, out.append("\\u"));
      }
    }
    cut(value, out);
    out.append('"');
  }

  private static void cut(String value, StringBuilder out) {
    if (value.length() > MAX) {
      out.append("...");
    }
  }

  private static void hex(int c, int digits, StringBuilder out) {
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
      out.append(HEX[c >> shift & 0xf]);
    }
  }
}

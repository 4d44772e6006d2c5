// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;

/// Bytes as one line of text, for failures: `GET / HTTP/1.1\r\n\x00`.
public final class Escaped {
  /// Longest text shown; what is cut off is counted.
  private static final int MAX_SHOWN = 600;

  /// How much is shown of the equal part before a difference.
  private static final int CONTEXT = 40;

  private Escaped() {}

  /// {@return printable ASCII as it is, the rest as `\r`, `\n`, `\t`, `\\` or `\xNN`}
  public static String of(byte[] bytes) {
    return of(bytes, 0, bytes.length);
  }

  /// {@return the escaped text of a part}
  static String of(byte[] bytes, int from, int to) {
    StringBuilder out = new StringBuilder();
    for (int i = from; i < to; i++) {
      if (out.length() >= MAX_SHOWN) {
        return out.append("… (").append(to - i).append(" more bytes)").toString();
      }
      append(out, bytes[i]);
    }
    return out.toString();
  }

  /// {@return the escaped text of one byte per character}
  public static String of(String latin1) {
    return of(latin1.getBytes(ISO_8859_1));
  }

  private static void append(StringBuilder out, byte b) {
    switch (b) {
      case '\r' -> out.append("\\r");
      case '\n' -> out.append("\\n");
      case '\t' -> out.append("\\t");
      case '\\' -> out.append("\\\\");
      default -> {
        if (b >= 0x20 && b < 0x7f) {
          out.append((char) b);
        } else {
          out.append(String.format("\\x%02x", b));
        }
      }
    }
  }

  /// {@return where two byte strings part, shown one above the other}
  ///
  /// ```
  /// differs at byte 4:
  ///   expected: GET /a
  ///   received: GET /b
  ///                  ^
  /// ```
  static String difference(byte[] expected, byte[] received) {
    int at = Arrays.mismatch(expected, received);
    int from = Math.max(0, at - CONTEXT);
    String lead = (from > 0 ? "…" : "") + of(received, from, Math.min(at, received.length));
    return "differs at byte "
        + at
        + ":\n  expected: "
        + lead
        + of(expected, Math.min(at, expected.length), expected.length)
        + "\n  received: "
        + lead
        + of(received, Math.min(at, received.length), received.length)
        + "\n            "
        + " ".repeat(lead.length())
        + "^";
  }
}

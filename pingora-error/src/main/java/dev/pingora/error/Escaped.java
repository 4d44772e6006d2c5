// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.error;

import static java.util.Objects.requireNonNull;

/// Text from the network, made fit for one line of a log.
///
/// Line breaks, escape sequences and characters that reorder text let a stranger forge log lines or
/// drive a terminal. They come out as in a C string, in hexadecimal where there is no letter for
/// them; everything else is kept. The length is bounded by the caller, and a cut is shown as `…`.
public final class Escaped {
  private static final char[] HEX = "0123456789abcdef".toCharArray();
  private static final char CUT = '…';

  private Escaped() {}

  /// {@return the text, escaped}
  ///
  /// @param maxCharacters how many characters of the input are shown at most
  public static String text(CharSequence text, int maxCharacters) {
    StringBuilder out = new StringBuilder(Math.min(text.length(), maxCharacters) + 8);
    append(out, text, maxCharacters);
    return out.toString();
  }

  /// {@return the bytes as ISO-8859-1 text, escaped; bytes over 0x7E appear as `\xNN`}
  ///
  /// @param maxBytes how many bytes are shown at most
  public static String bytes(byte[] bytes, int offset, int length, int maxBytes) {
    requireNonNull(bytes, "bytes");
    int shown = Math.min(length, maxBytes);
    StringBuilder out = new StringBuilder(shown + 8);
    for (int i = 0; i < shown; i++) {
      int octet = bytes[offset + i] & 0xFF;
      if (octet > 0x7E) {
        appendHex(out, octet);
      } else {
        appendCharacter(out, (char) octet);
      }
    }
    if (shown < length) {
      out.append(CUT);
    }
    return out.toString();
  }

  static void append(StringBuilder out, CharSequence text, int maxCharacters) {
    int shown = Math.min(text.length(), maxCharacters);
    for (int i = 0; i < shown; i++) {
      appendCharacter(out, text.charAt(i));
    }
    if (shown < text.length()) {
      out.append(CUT);
    }
  }

  private static void appendCharacter(StringBuilder out, char c) {
    switch (c) {
      case '\r' -> out.append("\\r");
      case '\n' -> out.append("\\n");
      case '\t' -> out.append("\\t");
      default -> {
        if (c < ' ' || (c >= 0x7F && c <= 0x9F)) {
          appendHex(out, c);
        } else if (misleads(c)) {
          out.append('\\').append('u').append(HEX[c >> 12]).append(HEX[(c >> 8) & 15]);
          out.append(HEX[(c >> 4) & 15]).append(HEX[c & 15]);
        } else {
          out.append(c);
        }
      }
    }
  }

  private static void appendHex(StringBuilder out, int octet) {
    out.append("\\x").append(HEX[octet >> 4]).append(HEX[octet & 15]);
  }

  /// Line and paragraph separators, and the characters that change the direction of text (Unicode
  /// UAX #9) or hide in it.
  private static boolean misleads(char c) {
    return (c >= 0x200B && c <= 0x200F)
        || (c >= 0x2028 && c <= 0x202E)
        || (c >= 0x2060 && c <= 0x206F)
        || c == 0x061C
        || c == 0xFEFF
        || Character.isSurrogate(c);
  }
}

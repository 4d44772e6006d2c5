// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Classes of octets (RFC 9110 §5.5, §5.6; RFC 3986 §2) and comparisons without case, all without
/// allocation. ASCII only: no locale, no Unicode folding, so `K` (Kelvin) never equals `k`.
final class Octets {
  private static final int TOKEN = 1;
  private static final int VALUE = 2;
  private static final int UNRESERVED = 4;
  private static final int AUTHORITY = 8;

  /// One set of the bits above for each octet.
  private static final byte[] CLASSES = classes();

  private Octets() {}

  private static byte[] classes() {
    byte[] table = new byte[256];
    for (int c = 0; c < 256; c++) {
      boolean alnum = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
      // RFC 9110 §5.6.2: tchar.
      boolean token = c < 0x7F && (alnum || "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
      // RFC 9110 §5.5: field-vchar, SP and HTAB; obs-text is opaque data.
      boolean value = c == '\t' || (c >= ' ' && c != 0x7F);
      // RFC 3986 §2.3.
      boolean unreserved = c < 0x7F && (alnum || "-._~".indexOf(c) >= 0);
      // RFC 3986 §3.2, without userinfo; whether it parses is another question.
      boolean authority = c > ' ' && c < 0x7F && "/?#@\\\"<>^`{|}".indexOf(c) < 0;
      int bits = (token ? TOKEN : 0) | (value ? VALUE : 0);
      table[c] = (byte) (bits | (unreserved ? UNRESERVED : 0) | (authority ? AUTHORITY : 0));
    }
    return table;
  }

  static boolean isTokenChar(int c) {
    return c < 256 && (CLASSES[c] & TOKEN) != 0;
  }

  static boolean isValueChar(int c) {
    return c < 256 && (CLASSES[c] & VALUE) != 0;
  }

  static boolean isUnreserved(int c) {
    return c < 256 && (CLASSES[c] & UNRESERVED) != 0;
  }

  static boolean isAuthorityChar(int c) {
    return c < 256 && (CLASSES[c] & AUTHORITY) != 0;
  }

  static boolean isToken(CharSequence text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isTokenChar(text.charAt(i))) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /// RFC 9110 §5.6.3: OWS.
  static boolean isOws(int c) {
    return c == ' ' || c == '\t';
  }

  private static boolean isLowerLetter(int c) {
    return c >= 'a' && c <= 'z';
  }

  static int lower(int c) {
    return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
  }

  /// The value of a hexadecimal digit, or -1.
  static int hexDigit(int c) {
    if (c >= '0' && c <= '9') {
      return c - '0';
    }
    int letter = c | 0x20;
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
  }

  static boolean equalsIgnoreCase(byte[] a, int offset, int length, byte[] lowerCase) {
    if (length != lowerCase.length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      // Equal, or the two cases of a letter, which differ in one bit.
      int difference = a[offset + i] ^ lowerCase[i];
      if (difference != 0 && (difference != 0x20 || !isLowerLetter(lowerCase[i]))) {
        return false;
      }
    }
    return true;
  }

  static boolean equalsIgnoreCase(byte[] a, int offset, int length, CharSequence b) {
    if (length != b.length()) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (lower(a[offset + i] & 0xFF) != lower(b.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  static boolean equalsIgnoreCase(byte[] a, int aOffset, byte[] b, int bOffset, int length) {
    for (int i = 0; i < length; i++) {
      if (lower(a[aOffset + i]) != lower(b[bOffset + i])) {
        return false;
      }
    }
    return true;
  }

  static String text(byte[] bytes, int offset, int length) {
    return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
  }

  static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /// Copies text of characters up to 0xFF into bytes.
  @SuppressWarnings("deprecation") // the one method that copies Latin-1 without allocating
  static void copy(String text, int from, int to, byte[] target, int offset) {
    text.getBytes(from, to, target, offset);
  }

  static void put(ByteBuffer out, String text) {
    for (int i = 0; i < text.length(); i++) {
      out.put((byte) text.charAt(i));
    }
  }

  /// The number that decimal digits say, or -1: empty, another character, or more than a long
  /// holds.
  static long number(byte[] bytes, int offset, int length) {
    if (length == 0) {
      return -1;
    }
    long value = 0;
    for (int i = 0; i < length; i++) {
      int digit = bytes[offset + i] - '0';
      if (digit < 0 || digit > 9 || value > (Long.MAX_VALUE - digit) / 10) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }

  /// How many characters the decimal form of a number that is not negative has.
  static int digits(long value) {
    int digits = 1;
    for (long rest = value; rest >= 10; rest /= 10) {
      digits++;
    }
    return digits;
  }
}

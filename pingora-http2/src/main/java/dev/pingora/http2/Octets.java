// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Which octets may stand where, and comparisons that ignore case.
final class Octets {
  private static final int NAME = 1;
  private static final int VALUE = 2;
  private static final int TARGET = 4;
  private static final int AUTHORITY = 8;
  private static final int TOKEN = 16;

  /// Eight octets at a time, at any position.
  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /// Odd, with bits everywhere: 2^64 divided by the golden ratio.
  private static final long MIX = 0x9e37_79b9_7f4a_7c15L;

  /// One set of the bits above for each octet.
  private static final byte[] CLASSES = classes();

  private Octets() {}

  private static byte[] classes() {
    byte[] table = new byte[256];
    for (int c = 0; c < 256; c++) {
      boolean letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
      boolean alnum = letter || (c >= '0' && c <= '9');
      int classes = 0;
      // RFC 9110 §5.6.2: a token; RFC 9113 §8.2.1: not in upper case.
      if (alnum || "!#$%&'*+-.^_`|~".indexOf(c) >= 0) {
        classes |= c >= 'A' && c <= 'Z' ? TOKEN : TOKEN | NAME;
      }
      // RFC 9110 §5.5: field-vchar with obs-text, SP, HTAB. RFC 9113 §8.2.1 names CR, LF, NUL.
      if (c == '\t' || (c >= ' ' && c != 0x7f)) {
        classes |= VALUE;
      }
      // RFC 9113 §8.3.1: path and query. Octets beyond ASCII are passed on as they are.
      if (c > ' ' && c != 0x7f && c != '#') {
        classes |= TARGET;
      }
      // RFC 3986 §3.2: host and port, without userinfo (RFC 9113 §8.3.1).
      if (alnum || "-._~!$&'()*+,;=:[]%".indexOf(c) >= 0) {
        classes |= AUTHORITY;
      }
      table[c] = (byte) classes;
    }
    return table;
  }

  static boolean isName(byte[] bytes, int from, int length) {
    return length > 0 && areAll(NAME, bytes, from, length);
  }

  static boolean isToken(byte[] bytes, int from, int length) {
    return length > 0 && areAll(TOKEN, bytes, from, length);
  }

  static boolean isTarget(byte[] bytes, int from, int length) {
    return length > 0 && areAll(TARGET, bytes, from, length);
  }

  static boolean isAuthority(byte[] bytes, int from, int length) {
    return length > 0 && areAll(AUTHORITY, bytes, from, length);
  }

  /// RFC 9113 §8.2.1: no white space around it.
  static boolean isValue(byte[] bytes, int from, int length) {
    if (length == 0) {
      return true;
    }
    if (isSpace(bytes[from]) || isSpace(bytes[from + length - 1])) {
      return false;
    }
    int at = from;
    while (from + length - at >= Long.BYTES && isPrintable(word(bytes, at))) {
      at += Long.BYTES;
    }
    return areAll(VALUE, bytes, at, from + length - at);
  }

  /// {@return true only if all eight octets are in 0x20 to 0x7e; may be false by mistake}
  private static boolean isPrintable(long word) {
    long below = word - 0x2020_2020_2020_2020L;
    long delete = (word ^ 0x7f7f_7f7f_7f7f_7f7fL) - 0x0101_0101_0101_0101L;
    return ((word | below | delete) & 0x8080_8080_8080_8080L) == 0;
  }

  /// RFC 3986 §3.1: ALPHA *( ALPHA / DIGIT / "+" / "-" / "." ).
  static boolean isScheme(byte[] bytes, int from, int length) {
    for (int i = from; i < from + length; i++) {
      int c = bytes[i];
      boolean letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
      boolean other = (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
      if (!letter && (i == from || !other)) {
        return false;
      }
    }
    return length > 0;
  }

  private static boolean isSpace(byte c) {
    return c == ' ' || c == '\t';
  }

  /// Without a branch for each octet: good input is the rule, and is read to its end anyway.
  private static boolean areAll(int wanted, byte[] bytes, int from, int length) {
    int common = wanted;
    for (int i = from; i < from + length; i++) {
      common &= CLASSES[bytes[i] & 0xff];
    }
    return common != 0;
  }

  /// {@return a hash for tables of our own; the peer can provoke collisions, and walks are bounded}
  static int hash(byte[] bytes, int from, int length) {
    long hash = length;
    int last = from + length - Long.BYTES;
    if (last < from) {
      long word = 0;
      for (int i = from; i < from + length; i++) {
        word = word << 8 | (bytes[i] & 0xff);
      }
      hash = (hash ^ word) * MIX;
    } else {
      for (int at = from; at < last; at += Long.BYTES) {
        hash = (hash ^ word(bytes, at)) * MIX;
        hash ^= hash >>> 29;
      }
      // The last word overlaps the one before.
      hash = (hash ^ word(bytes, last)) * MIX;
    }
    hash ^= hash >>> 32;
    return (int) (hash ^ hash >>> 15);
  }

  /// Eight octets in one load.
  private static long word(byte[] bytes, int at) {
    return (long) WORDS.get(bytes, at);
  }

  /// {@return whether these octets are that text}
  static boolean equal(byte[] bytes, int from, int length, String text) {
    if (length != text.length()) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if ((bytes[from + i] & 0xff) != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /// {@return whether these octets are that text, in any case}
  static boolean equalIgnoringCase(byte[] bytes, int from, int length, String text) {
    if (length != text.length()) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (lower(bytes[from + i] & 0xff) != lower(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static int lower(int c) {
    return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
  }

  /// {@return the number these decimal digits say; -1 for anything else or more than 18 digits}
  static long number(byte[] bytes, int from, int length) {
    if (length == 0 || length > 18) {
      return -1;
    }
    long value = 0;
    for (int i = from; i < from + length; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }
}

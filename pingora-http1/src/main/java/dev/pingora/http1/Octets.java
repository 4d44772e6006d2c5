// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Classes of octets, by table, and eight octets at once where only control characters matter.
///
/// The names are those of the grammars: `tchar` (RFC 9110 §5.6.2), `field-vchar` and `obs-text`
/// (RFC 9110 §5.5), `unreserved` and `sub-delims` (RFC 3986 §2). Stateless; any thread may use it.
final class Octets {
  static final byte HTAB = '\t';
  static final byte LF = '\n';
  static final byte CR = '\r';
  static final byte SP = ' ';
  static final byte DEL = 0x7F;

  private static final int TCHAR = 1;
  private static final int TARGET = 1 << 1;
  private static final int REG_NAME = 1 << 2;
  private static final int QDTEXT = 1 << 3;
  private static final int CONTROL = 1 << 4;

  private static final byte[] CLASSES = classes();
  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long ONES = 0x0101010101010101L;
  private static final long TOPS = 0x8080808080808080L;
  private static final long SPACES = ONES * SP;
  private static final long DELS = ONES * DEL;

  private Octets() {}

  /// {@return whether a token may hold the octet}
  static boolean isTchar(byte octet) {
    return (CLASSES[octet & 0xFF] & TCHAR) != 0;
  }

  /// {@return whether a path or query may hold the octet: visible ASCII but `#`, or obs-text}
  ///
  /// RFC 3986 allows fewer (it leaves out `"<>\^{|}` and the backtick), but browsers send some of
  /// them as they are. They are harmless to framing and are forwarded as they came.
  static boolean isTarget(byte octet) {
    return (CLASSES[octet & 0xFF] & TARGET) != 0;
  }

  /// {@return whether a `reg-name` may hold the octet (RFC 3986 §3.2.2), the percent sign included}
  static boolean isRegName(byte octet) {
    return (CLASSES[octet & 0xFF] & REG_NAME) != 0;
  }

  /// {@return whether the octet may stand unescaped in a quoted string (RFC 9110 §5.6.4)}
  static boolean isQdtext(byte octet) {
    return (CLASSES[octet & 0xFF] & QDTEXT) != 0;
  }

  /// {@return whether the octet is a control character: 0x00 to 0x1F, HTAB included, or 0x7F}
  static boolean isControl(byte octet) {
    return (CLASSES[octet & 0xFF] & CONTROL) != 0;
  }

  static boolean isDigit(byte octet) {
    return octet >= '0' && octet <= '9';
  }

  static boolean isBlank(byte octet) {
    return octet == SP || octet == HTAB;
  }

  /// {@return the value of a hexadecimal digit, or -1}
  static int hexDigit(byte octet) {
    if (octet >= '0' && octet <= '9') {
      return octet - '0';
    }
    int lower = octet | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }

  /// {@return eight octets, the first one lowest}
  static long word(byte[] bytes, int from) {
    return (long) WORDS.get(bytes, from);
  }

  /// Finds control characters in eight octets.
  ///
  /// `b - 0x20` borrows into the top bit exactly when b is under 0x20, `(b ^ 0x7F) - 1` exactly
  /// when b is 0x7F; `~b` takes away octets over 0x7F. A borrow can spoil only octets above the
  /// first hit, so the lowest bit set is always right.
  ///
  /// @param word eight octets, the first one lowest
  /// @return 0 if there is none; else the lowest bit set is the top bit of the first control
  ///   character's octet
  static long controls(long word) {
    long deletes = word ^ DELS;
    return ((word - SPACES) & ~word & TOPS) | ((deletes - ONES) & ~deletes & TOPS);
  }

  private static byte[] classes() {
    byte[] classes = new byte[256];
    for (int c = 0; c < 256; c++) {
      boolean control = c < SP || c == DEL;
      boolean alphanumeric =
          (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
      int bits = control ? CONTROL : 0;
      if (alphanumeric || isOneOf("!#$%&'*+-.^_`|~", c)) {
        bits |= TCHAR;
      }
      if (!control && c != SP && c != '#') {
        bits |= TARGET;
      }
      if (alphanumeric || isOneOf("-._~!$&'()*+,;=%", c)) {
        bits |= REG_NAME;
      }
      if (c == HTAB || (!control && c != '"' && c != '\\')) {
        bits |= QDTEXT;
      }
      classes[c] = (byte) bits;
    }
    return classes;
  }

  private static boolean isOneOf(String characters, int c) {
    return characters.indexOf(c) >= 0;
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.headerserde;

/// Classes of octets in a head (RFC 9110 §5.5, §5.6).
final class Octet {
  private static final int TOKEN = 1;
  private static final int VALUE = 2;
  private static final byte[] CLASSES = classes();

  private Octet() {}

  private static byte[] classes() {
    byte[] table = new byte[256];
    for (int c = 0; c < 256; c++) {
      boolean alnum = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
      // RFC 9110 §5.6.2: tchar.
      boolean token = c < 0x7F && (alnum || "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
      // RFC 9110 §5.5: field-vchar, SP and HTAB; obs-text is opaque.
      boolean value = c == '\t' || (c >= ' ' && c != 0x7F);
      table[c] = (byte) ((token ? TOKEN : 0) | (value ? VALUE : 0));
    }
    return table;
  }

  static boolean isToken(byte octet) {
    return (CLASSES[octet & 0xFF] & TOKEN) != 0;
  }

  static boolean isValue(byte octet) {
    return (CLASSES[octet & 0xFF] & VALUE) != 0;
  }

  /// RFC 9110 §5.6.3: OWS.
  static boolean isSpace(byte octet) {
    return octet == ' ' || octet == '\t';
  }
}

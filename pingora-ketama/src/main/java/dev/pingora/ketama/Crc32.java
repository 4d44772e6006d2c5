// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.ketama;

import java.nio.charset.StandardCharsets;

/// The CRC-32 of zlib and nginx (polynomial 0xEDB88320, reflected), as functions of a register.
///
/// `java.util.zip.CRC32` hides its register, but the points of a bucket all continue from the same
/// one. Four bytes at a time by four tables (Kounavis and Berry, *A systematic approach to building
/// high performance, software-based, CRC generators*, 2005).
final class Crc32 {
  private static final int POLYNOMIAL = 0xEDB88320;
  private static final int[][] TABLES = tables();

  private Crc32() {}

  private static int[][] tables() {
    int[][] tables = new int[4][256];
    for (int octet = 0; octet < 256; octet++) {
      int register = octet;
      for (int bit = 0; bit < 8; bit++) {
        register = (register >>> 1) ^ (-(register & 1) & POLYNOMIAL);
      }
      tables[0][octet] = register;
    }
    for (int octet = 0; octet < 256; octet++) {
      for (int table = 1; table < 4; table++) {
        int before = tables[table - 1][octet];
        tables[table][octet] = (before >>> 8) ^ tables[0][before & 0xff];
      }
    }
    return tables;
  }

  /// {@return the register before any byte}
  static int start() {
    return -1;
  }

  /// {@return the checksum that a register stands for}
  static int finish(int register) {
    return ~register;
  }

  static int octet(int register, int octet) {
    return (register >>> 8) ^ TABLES[0][(register ^ octet) & 0xff];
  }

  /// Takes four bytes, the lowest first.
  static int fourOctets(int register, int octets) {
    int mixed = register ^ octets;
    return TABLES[3][mixed & 0xff]
        ^ TABLES[2][(mixed >>> 8) & 0xff]
        ^ TABLES[1][(mixed >>> 16) & 0xff]
        ^ TABLES[0][mixed >>> 24];
  }

  static int octets(int register, byte[] octets) {
    int crc = register;
    int i = 0;
    for (; i + 4 <= octets.length; i += 4) {
      int four =
          (octets[i] & 0xff)
              | (octets[i + 1] & 0xff) << 8
              | (octets[i + 2] & 0xff) << 16
              | octets[i + 3] << 24;
      crc = fourOctets(crc, four);
    }
    for (; i < octets.length; i++) {
      crc = octet(crc, octets[i]);
    }
    return crc;
  }

  /// {@return the checksum of bytes}
  static int of(byte[] octets) {
    return finish(octets(start(), octets));
  }

  /// {@return the checksum of a text in UTF-8; allocates only where it is not ASCII}
  static int of(String text) {
    int length = text.length();
    int crc = start();
    int i = 0;
    for (; i + 4 <= length; i += 4) {
      char a = text.charAt(i);
      char b = text.charAt(i + 1);
      char c = text.charAt(i + 2);
      char d = text.charAt(i + 3);
      if ((a | b | c | d) >= 0x80) {
        return of(text.getBytes(StandardCharsets.UTF_8));
      }
      crc = fourOctets(crc, a | b << 8 | c << 16 | d << 24);
    }
    for (; i < length; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        return of(text.getBytes(StandardCharsets.UTF_8));
      }
      crc = octet(crc, c);
    }
    return finish(crc);
  }
}

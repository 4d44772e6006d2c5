// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit;

import java.util.Arrays;

/// Content of any length that needs no memory: byte *i* is `i mod 251`.
///
/// 251 is a prime, so a byte lost, doubled or moved by any power of two shows.
public final class TestContent {
  private static final int PERIOD = 251;

  /// Most bytes that a part may have.
  static final int MAX_PART = 64 << 10;

  /// Enough periods that every part, wherever it begins, is a range of this.
  private static final byte[] BYTES = new byte[PERIOD + MAX_PART];

  static {
    for (int i = 0; i < BYTES.length; i++) {
      BYTES[i] = (byte) (i % PERIOD);
    }
  }

  private TestContent() {}

  /// {@return the first `length` bytes}
  public static byte[] of(int length) {
    byte[] content = new byte[length];
    for (int from = 0; from < length; from += MAX_PART) {
      int count = Math.min(MAX_PART, length - from);
      System.arraycopy(BYTES, from % PERIOD, content, from, count);
    }
    return content;
  }

  /// Copies bytes `position…` into the beginning of `part`.
  static void fill(byte[] part, int count, long position) {
    System.arraycopy(BYTES, (int) (position % PERIOD), part, 0, count);
  }

  /// Fails if the beginning of `part` is not what belongs at `position`.
  static void check(byte[] part, int count, long position) {
    int from = (int) (position % PERIOD);
    int at = Arrays.mismatch(part, 0, count, BYTES, from, from + count);
    if (at >= 0) {
      throw new AssertionError(
          "content differs at byte %d: expected %d, got %d"
              .formatted(position + at, BYTES[from + at] & 0xff, part[at] & 0xff));
    }
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import java.util.Arrays;

/// A growable byte array, reused from message to message by its one owner.
///
/// Owned by the connection thread. Callers bound what they put; the array itself has no limit.
final class Scratch {
  private static final byte[] NONE = new byte[0];
  private static final int FIRST = 512;

  /// The content is `bytes[0..length)`. Replaced when it grows: do not keep it over a put.
  byte[] bytes = NONE;

  int length;

  /// Makes room for `more` bytes behind `length`.
  byte[] ensure(int more) {
    int needed = Math.addExact(length, more);
    if (needed > bytes.length) {
      int doubled = Math.max(FIRST, bytes.length * 2);
      bytes = Arrays.copyOf(bytes, Math.max(doubled, needed));
    }
    return bytes;
  }

  void put(int b) {
    ensure(1)[length++] = (byte) b;
  }

  void put(byte[] source, int from, int count) {
    System.arraycopy(source, from, ensure(count), length, count);
    length += count;
  }

  /// Forgets the content and, if the array has grown beyond `keep` bytes, the array, so that an
  /// idle connection holds little.
  void reset(int keep) {
    length = 0;
    if (bytes.length > keep) {
      bytes = NONE;
    }
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// The first octets of a request's content, kept so that a failed attempt can be made again.
/// Bounded: content that is longer cannot be sent twice.
final class KeptContent {
  /// Most octets kept (Pingora's retry buffer).
  static final int MAX_BYTES = 64 * 1024;

  private static final byte[] NOTHING = new byte[0];

  private byte[] kept = NOTHING;
  private int length;
  private boolean overflown;

  /// Keeps a copy of a piece; its position does not move.
  void keep(ByteBuffer piece) {
    int n = piece.remaining();
    if (overflown || n == 0) {
      return;
    }
    if (n > MAX_BYTES - length) {
      overflown = true;
      kept = NOTHING;
      return;
    }
    if (length + n > kept.length) {
      kept = Arrays.copyOf(kept, Math.min(MAX_BYTES, Math.max(length + n, 2 * kept.length)));
    }
    piece.get(piece.position(), kept, length, n);
    length += n;
  }

  /// {@return whether everything that was consumed is here}
  boolean isComplete() {
    return !overflown;
  }

  int length() {
    return length;
  }

  ByteBuffer view() {
    return ByteBuffer.wrap(kept, 0, length).asReadOnlyBuffer();
  }
}

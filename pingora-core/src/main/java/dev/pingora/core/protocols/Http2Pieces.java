// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.protocols;

import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// Request content on its way from a connection's thread to the thread of its stream.
///
/// The stream's flow-control window bounds the octets; this bounds the pieces. A window full of
/// DATA frames of one octet would cost a hundred times its size if each became a buffer. So small
/// pieces are collected while the stream's thread has others to take: whoever takes the last of
/// those says so ([#consumed]), and what was collected is handed over then.
///
/// `queue` is lock-free; everything else belongs to the connection's thread, but [#poll].
final class Http2Pieces {
  private static final int COLLECTED_BYTES = 4 * 1024;

  private final Queue<ByteBuffer> queue = new ConcurrentLinkedQueue<>();
  private @Nullable ByteBuffer collected;

  /// Copies a piece that is not empty.
  void add(ByteBuffer content) {
    ByteBuffer own = collected;
    if (own != null && own.remaining() < content.remaining()) {
      handOver();
      own = null;
    }
    if (own == null) {
      if (queue.isEmpty() || content.remaining() >= COLLECTED_BYTES) {
        queue.add(ByteBuffer.allocate(content.remaining()).put(content).flip());
        return;
      }
      own = ByteBuffer.allocate(COLLECTED_BYTES);
      collected = own;
    }
    own.put(content);
  }

  /// Makes what was collected a piece like the others.
  ///
  /// @return whether there was something
  boolean handOver() {
    ByteBuffer own = collected;
    if (own == null) {
      return false;
    }
    collected = null;
    queue.add(own.flip());
    return true;
  }

  /// The stream's thread has used a piece.
  ///
  /// @return whether it has another one by that
  boolean consumed() {
    return queue.isEmpty() && handOver();
  }

  /// {@return the next piece, null if there is none now} The stream's thread.
  @Nullable ByteBuffer poll() {
    return queue.poll();
  }
}

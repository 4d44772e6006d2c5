// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.protocols;

import dev.pingora.error.ProxyException;
import dev.pingora.http2.FrameSink;
import dev.pingora.runtime.Connection;
import dev.pingora.runtime.RequestThread;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;

/// Where the frames of one HTTP/2 connection go: straight into the connection's output, and beside
/// it while that has no room.
///
/// The codec writes field sections and answers to control frames when they are due and not when
/// there is room, and only bounds them ([FrameSink]); the output of a connection takes no more than
/// it has room for. What comes meanwhile is spilled into heap buffers, in order, and moved as room
/// comes ([#moveSpilled]). A client that reads leaves nothing to spill; one that does not is
/// bounded by the codec's limits: the number of streams times a header section, and the unsent
/// replies.
///
/// Owned by the connection thread.
final class Http2Output implements FrameSink {
  private static final int SPILL_BYTES = 16 * 1024;

  private final Connection connection;
  private final Queue<ByteBuffer> spilled = new ArrayDeque<>();
  private ByteBuffer last = ByteBuffer.allocate(0);
  private long committed;
  private long spilledBytes;

  Http2Output(Connection connection) {
    this.connection = connection;
    this.committed = connection.bytesSent();
  }

  /// Each buffer begun while there is room fits: the output keeps one for the buffer being filled.
  @Override
  public ByteBuffer reserve(int bytes) {
    if (spilled.isEmpty() && connection.hasRoom()) {
      return connection.room(bytes);
    }
    if (spilled.isEmpty() || last.remaining() < bytes) {
      last = ByteBuffer.allocate(Math.max(SPILL_BYTES, bytes));
      spilled.add(last);
      spilledBytes += last.capacity();
    }
    return last;
  }

  @Override
  public void commit(int bytes) {
    committed += bytes;
  }

  @Override
  public int pendingBytes() {
    return (int) Math.min(Integer.MAX_VALUE, committed - connection.bytesSent());
  }

  /// Content is never spilled: it can wait.
  @Override
  public boolean takesContent() {
    return spilled.isEmpty() && connection.hasRoom();
  }

  /// {@return bytes of memory that hold what was spilled}
  long spilledBytes() {
    return spilledBytes;
  }

  /// Moves to the connection what it has room for now.
  ///
  /// @return whether anything moved
  boolean moveSpilled() {
    boolean any = false;
    while (!spilled.isEmpty() && connection.hasRoom()) {
      ByteBuffer first = spilled.element();
      any = true;
      int written = first.position();
      ByteBuffer unsent = first.duplicate().flip();
      connection.writeSome(unsent);
      if (unsent.hasRemaining()) {
        // The rest stands at the beginning again; frames may still be added behind it.
        first.position(unsent.position()).limit(written);
        first.compact();
      } else {
        spilled.remove();
        spilledBytes -= first.capacity();
      }
    }
    return any;
  }

  /// Moves everything, waiting for room as needed.
  ///
  /// @param nanos longest wait for progress of the socket, 0 = no limit
  /// @throws ProxyException WRITE_TIMEOUT, or WRITE_ERROR when the connection broke
  void drain(RequestThread thread, long nanos) throws ProxyException {
    while (!spilled.isEmpty()) {
      connection.awaitRoom(thread, nanos);
      moveSpilled();
    }
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import java.nio.ByteBuffer;
import java.util.List;

/// Keeps what is written until a test takes it.
final class MemorySink implements FrameSink {
  /// Takes no content.
  boolean full;

  private ByteBuffer buffer = ByteBuffer.allocate(1 << 16);

  @Override
  public ByteBuffer reserve(int bytes) {
    if (buffer.remaining() < bytes) {
      ByteBuffer larger = ByteBuffer.allocate(2 * (buffer.position() + bytes));
      buffer = larger.put(buffer.flip());
    }
    return buffer;
  }

  @Override
  public void commit(int bytes) {
    // The position says it all.
  }

  @Override
  public int pendingBytes() {
    return buffer.position();
  }

  @Override
  public boolean takesContent() {
    return !full;
  }

  /// {@return all bytes written, which the transport now has}
  byte[] take() {
    return take(buffer.position());
  }

  /// {@return the first bytes written}
  byte[] take(int count) {
    byte[] taken = new byte[count];
    buffer.flip().get(taken);
    buffer.compact();
    return taken;
  }

  List<Seen> frames() {
    return Seen.parse(take());
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.jsse;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Octets on their way, first in first out. Has a buffer only while there are some.
@SuppressWarnings("ByteBufferBackingArray") // all buffers are allocated by us
final class Octets {
  private final Buffers buffers;

  /// From position to limit are the octets; behind the limit there is room.
  private @Nullable ByteBuffer held;

  Octets(Buffers buffers) {
    this.buffers = buffers;
  }

  int size() {
    ByteBuffer buffer = held;
    return buffer == null ? 0 : buffer.remaining();
  }

  boolean isEmpty() {
    return size() == 0;
  }

  /// {@return the octet at `index`, 0..255}
  int at(int index) {
    ByteBuffer buffer = buffer();
    return buffer.get(buffer.position() + index) & 0xff;
  }

  /// {@return how many octets were taken: as many as there is room for}
  ///
  /// @param flight looks at them
  int put(MemorySegment from, long offset, int length, @Nullable ServerFlight flight) {
    ByteBuffer buffer = buffer();
    if (buffer.capacity() - buffer.limit() < length) {
      buffer.compact().flip();
    }
    int end = buffer.limit();
    int count = Math.min(length, buffer.capacity() - end);
    MemorySegment.copy(from, ValueLayout.JAVA_BYTE, offset, buffer.array(), end, count);
    buffer.limit(end + count);
    if (flight != null) {
      flight.see(buffer.array(), end, end + count);
    }
    release();
    return count;
  }

  /// {@return how many octets were given}
  int take(MemorySegment into, long offset, int capacity) {
    ByteBuffer buffer = held;
    if (buffer == null) {
      return 0;
    }
    int count = Math.min(capacity, buffer.remaining());
    MemorySegment.copy(
        buffer.array(), buffer.position(), into, ValueLayout.JAVA_BYTE, offset, count);
    buffer.position(buffer.position() + count);
    release();
    return count;
  }

  /// Adds the next record of `engine`.
  ///
  /// @param flight looks at it
  SSLEngineResult wrap(SSLEngine engine, ByteBuffer source, @Nullable ServerFlight flight)
      throws SSLException {
    ByteBuffer buffer = withRoom();
    int begin = buffer.position();
    int end = buffer.limit();
    buffer.limit(buffer.capacity()).position(end);
    try {
      SSLEngineResult result = engine.wrap(source, buffer);
      if (flight != null) {
        flight.see(buffer.array(), end, buffer.position());
      }
      return result;
    } finally {
      buffer.limit(buffer.position()).position(begin);
      release();
    }
  }

  /// Adds what `engine` decrypts of the next record.
  SSLEngineResult unwrap(SSLEngine engine, Octets records) throws SSLException {
    ByteBuffer buffer = withRoom();
    int begin = buffer.position();
    int end = buffer.limit();
    buffer.limit(buffer.capacity()).position(end);
    try {
      return records.unwrapInto(engine, buffer);
    } finally {
      buffer.limit(buffer.position()).position(begin);
      release();
    }
  }

  /// Consumes a record, or none.
  SSLEngineResult unwrapInto(SSLEngine engine, ByteBuffer plain) throws SSLException {
    try {
      return engine.unwrap(buffer(), plain);
    } finally {
      release();
    }
  }

  private ByteBuffer withRoom() {
    ByteBuffer buffer = buffer();
    if (buffer.capacity() - buffer.limit() < Buffers.PACKET) {
      buffer.compact().flip();
    }
    if (buffer.capacity() - buffer.limit() < Buffers.PACKET) {
      // Only a handshake gets here: its flight is as long as it is.
      ByteBuffer larger = buffers.larger(buffer);
      held = larger;
      return larger;
    }
    return buffer;
  }

  /// Forgets what was added since there were `count` octets.
  void shorten(int count) {
    ByteBuffer buffer = held;
    if (buffer != null && count < buffer.remaining()) {
      buffer.limit(buffer.position() + count);
      release();
    }
  }

  private ByteBuffer buffer() {
    ByteBuffer buffer = held;
    if (buffer == null) {
      buffer = buffers.lend();
      held = buffer;
    }
    return buffer;
  }

  private void release() {
    ByteBuffer buffer = held;
    if (buffer != null && !buffer.hasRemaining()) {
      clear();
    }
  }

  /// Forgets everything.
  void clear() {
    ByteBuffer buffer = held;
    if (buffer != null) {
      held = null;
      buffers.giveBack(buffer);
    }
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The write side of a connection: a ring of full buffers from the request thread to the event
/// loop, and the buffer that the request thread is still filling.
///
/// Single producer (the request thread), single consumer (the event loop). `tail`, `queued` and
/// `producerIndex` belong to the producer, `consumerIndex` and `sent` to the consumer; each is
/// published with release and read with acquire by the other side.
///
/// Bounded twice: at most [#SLOTS] buffers, and the producer waits above [#HIGH_WATER] bytes until
/// [#LOW_WATER] is reached.
final class Outbox {
  static final int SLOTS = 8;
  static final int HIGH_WATER = 2 * BufferPool.BUFFER_BYTES;
  static final int LOW_WATER = BufferPool.BUFFER_BYTES;

  private static final VarHandle PRODUCER;
  private static final VarHandle CONSUMER;
  private static final VarHandle SENT;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      PRODUCER = lookup.findVarHandle(Outbox.class, "producerIndex", int.class);
      CONSUMER = lookup.findVarHandle(Outbox.class, "consumerIndex", int.class);
      SENT = lookup.findVarHandle(Outbox.class, "sent", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final BufferPool buffers;
  private @Nullable Buffer @Nullable [] ring;
  private @Nullable Buffer tail;
  private long queued;
  private int producerIndex;
  private int consumerIndex;
  private long sent;

  /// The producer waits for room. Set by the producer, cleared by the consumer.
  private volatile boolean awaited;

  Outbox(BufferPool buffers) {
    this.buffers = buffers;
  }

  // --- the request thread's side ---

  /// {@return the buffer being filled, with room for `bytes` more} Writing advances its position.
  ///
  /// @param bytes at most one buffer
  ByteBuffer room(int bytes) {
    Buffer buffer = tail;
    if (buffer != null && buffer.bytes.remaining() >= bytes) {
      return buffer.bytes;
    }
    push();
    Buffer fresh = buffers.takeAlways();
    tail = fresh;
    return fresh.bytes;
  }

  /// {@return room left in the buffer being filled, 0 when there is none}
  int roomLeft() {
    Buffer buffer = tail;
    return buffer == null ? 0 : buffer.bytes.remaining();
  }

  /// Appends a buffer by reference; the outbox owns it then.
  void append(Buffer buffer) {
    push();
    enqueue(buffer);
  }

  /// Makes what was written visible to the event loop.
  ///
  /// @return whether the event loop has something to send
  boolean push() {
    Buffer buffer = tail;
    if (buffer == null) {
      return pending() > 0;
    }
    if (buffer.bytes.position() == 0) {
      return pending() > 0;
    }
    tail = null;
    buffer.bytes.flip();
    enqueue(buffer);
    return true;
  }

  private void enqueue(Buffer buffer) {
    @Nullable Buffer[] slots = ring;
    if (slots == null) {
      slots = new Buffer[SLOTS];
      ring = slots;
    }
    int index = producerIndex;
    if (index - (int) CONSUMER.getAcquire(this) >= SLOTS) {
      throw new IllegalStateException("outbox overrun: write without waiting for room");
    }
    slots[index & (SLOTS - 1)] = buffer;
    queued += buffer.bytes.remaining();
    PRODUCER.setRelease(this, index + 1);
  }

  /// {@return bytes handed over and not yet sent}
  long pending() {
    return queued - (long) SENT.getAcquire(this);
  }

  /// {@return whether the producer may go on} Two slots are kept: one for the buffer being filled,
  /// one for a buffer appended by reference.
  boolean hasRoom() {
    return pending() < HIGH_WATER && producerIndex - (int) CONSUMER.getAcquire(this) < SLOTS - 2;
  }

  /// Announces that the producer will park until there is room.
  void awaitRoom() {
    awaited = true;
  }

  // --- the event loop's side ---

  /// Sends until the socket takes no more or nothing is left.
  ///
  /// @return whether everything handed over was sent
  boolean drain(Wire wire) throws IOException {
    @Nullable Buffer[] slots = ring;
    int end = (int) PRODUCER.getAcquire(this);
    while (consumerIndex != end && slots != null) {
      int slot = consumerIndex & (SLOTS - 1);
      Buffer buffer = slots[slot];
      if (buffer == null) {
        throw new IllegalStateException("empty outbox slot");
      }
      int n = wire.send(buffer);
      SENT.setRelease(this, sent + n);
      if (buffer.bytes.hasRemaining()) {
        return false;
      }
      slots[slot] = null;
      buffers.release(buffer);
      CONSUMER.setRelease(this, consumerIndex + 1);
    }
    return true;
  }

  /// {@return whether the producer waits and may go on now} Clears the wait.
  boolean releaseWaiter() {
    if (awaited && (pending() <= LOW_WATER || isDrained())) {
      awaited = false;
      return true;
    }
    return false;
  }

  boolean isDrained() {
    return consumerIndex == (int) PRODUCER.getAcquire(this);
  }

  long sent() {
    return (long) SENT.getAcquire(this);
  }

  /// Drops what is queued; by the event loop when the connection is closed.
  void dropQueued() {
    @Nullable Buffer[] slots = ring;
    int end = (int) PRODUCER.getAcquire(this);
    while (consumerIndex != end && slots != null) {
      int slot = consumerIndex & (SLOTS - 1);
      Buffer buffer = slots[slot];
      slots[slot] = null;
      if (buffer != null) {
        SENT.setRelease(this, sent + buffer.bytes.remaining());
        buffers.release(buffer);
      }
      CONSUMER.setRelease(this, consumerIndex + 1);
    }
  }

  /// Drops the buffer being filled; by the producer when it is done with the connection.
  void dropTail() {
    Buffer buffer = tail;
    tail = null;
    if (buffer != null) {
      buffers.release(buffer);
    }
  }

  /// A closed or drained connection at rest keeps no ring.
  void trim() {
    if (isDrained()) {
      ring = null;
    }
  }
}

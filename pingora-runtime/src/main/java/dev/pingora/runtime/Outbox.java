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
/// Single producer (the request thread), single consumer (the event loop). `ring`, `tail`, `queued`
/// and `producerIndex` belong to the producer, `consumerIndex` and `sent` to the consumer; each is
/// published with release and read with acquire by the other side. `ring` and `queued` are
/// published by `producerIndex`: the consumer reads that first.
///
/// Bounded twice: at most [#SLOTS] buffers, and the producer waits above [#HIGH_WATER] bytes, or
/// with few slots left, until there is room for a good deal again: a producer that is woken for
/// every slot would cost more in wake-ups than it sends.
///
/// No wake-up is lost (Dekker): the producer writes `awaited`, then reads the consumer's progress;
/// the consumer writes its progress, then reads `awaited`; a full fence stands between on each
/// side. When both run on one OS thread there is nothing to order, and no fence.
final class Outbox {
  static final int SLOTS = 8;
  static final int HIGH_WATER = 2 * BufferPool.BUFFER_BYTES;
  static final int LOW_WATER = BufferPool.BUFFER_BYTES;

  /// Slots that may be in use while more is written: one is left for the buffer being filled, one
  /// for a buffer appended by reference.
  private static final int HIGH_SLOTS = SLOTS - 2;

  private static final int LOW_SLOTS = SLOTS / 2;

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

  /// Producer and consumer may be on different OS threads.
  private final boolean shared;

  private @Nullable Buffer @Nullable [] ring;
  private @Nullable Buffer tail;
  private long queued;
  private int producerIndex;
  private int consumerIndex;
  private long sent;

  /// Of those in `sent`: bytes that no socket has taken. Written by the consumer.
  private volatile long dropped;

  /// The producer waits for room. Set by the producer, cleared by the consumer.
  private volatile boolean awaited;

  Outbox(BufferPool buffers, boolean shared) {
    this.buffers = buffers;
    this.shared = shared;
  }

  // --- the request thread's side ---

  /// {@return the buffer being filled, with room for `bytes` more} Writing advances its position.
  ///
  /// @param bytes at most one buffer
  ByteBuffer room(int bytes) {
    if (bytes > BufferPool.BUFFER_BYTES) {
      throw new IllegalArgumentException(
          "room: " + bytes + " (expected: at most " + BufferPool.BUFFER_BYTES + ")");
    }
    Buffer buffer = tail;
    if (buffer != null && buffer.bytes.remaining() >= bytes) {
      return buffer.bytes;
    }
    push();
    Buffer fresh = buffers.takeAlways();
    tail = fresh;
    return fresh.bytes;
  }

  /// {@return whether anything was written that the socket has not taken}
  boolean hasUnsent() {
    Buffer buffer = tail;
    return pending() > 0 || (buffer != null && buffer.bytes.position() > 0);
  }

  /// {@return bytes in the buffer being filled}
  int filling() {
    Buffer buffer = tail;
    return buffer == null ? 0 : buffer.bytes.position();
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
    if (buffer == null || buffer.bytes.position() == 0) {
      return pending() > 0;
    }
    buffer.bytes.flip();
    enqueue(buffer);
    tail = null;
    return true;
  }

  private void enqueue(Buffer buffer) {
    @Nullable Buffer[] slots = ring;
    if (slots == null) {
      slots = new Buffer[SLOTS];
      ring = slots;
    }
    int index = producerIndex;
    if (index - consumed() >= SLOTS) {
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

  /// {@return whether the producer may go on}
  boolean hasRoom() {
    return pending() < HIGH_WATER && producerIndex - consumed() < HIGH_SLOTS;
  }

  /// Announces that the producer will park until there is room; it must look once more before.
  void awaitRoom() {
    awaited = true;
    fenceIfShared();
  }

  /// Drops the buffer being filled; by whoever is the producer, or the last owner.
  void dropTail() {
    Buffer buffer = tail;
    tail = null;
    if (buffer != null) {
      buffers.release(buffer);
    }
  }

  /// A connection that goes to rest keeps no memory it does not need: not the ring, unless
  /// something is still to be sent. The tail was pushed before.
  void trim() {
    dropTail();
    if (producerIndex == consumed()) {
      ring = null;
    }
  }

  // --- the event loop's side ---

  /// Sends until the socket takes no more or nothing is left. Where producer and consumer share an
  /// OS thread the buffer being filled goes last, with all that was written since it was begun:
  /// small pieces that were flushed one by one leave in one system call.
  ///
  /// @return whether everything handed over was sent
  boolean drain(Wire wire) throws IOException {
    return drainQueued(wire) && (shared || !push() || drainQueued(wire));
  }

  private boolean drainQueued(Wire wire) throws IOException {
    int end = produced();
    @Nullable Buffer[] slots = ring;
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
    fenceIfShared();
    if (!awaited) {
      return false;
    }
    int used = produced() - consumerIndex;
    if (used == 0 || (used <= LOW_SLOTS && queued - sent <= LOW_WATER)) {
      awaited = false;
      return true;
    }
    return false;
  }

  boolean isDrained() {
    return consumerIndex == produced();
  }

  /// {@return bytes the socket has taken} While some are being dropped it may say too many, never
  /// too few: `dropped` is read first and written last.
  long taken() {
    long lost = dropped;
    return sent() - lost;
  }

  long sent() {
    return (long) SENT.getAcquire(this);
  }

  /// Drops what is queued; by the event loop when the connection is closed.
  void dropQueued() {
    int end = produced();
    long lost = 0;
    @Nullable Buffer[] slots = ring;
    while (consumerIndex != end && slots != null) {
      int slot = consumerIndex & (SLOTS - 1);
      Buffer buffer = slots[slot];
      slots[slot] = null;
      if (buffer != null) {
        lost += buffer.bytes.remaining();
        SENT.setRelease(this, sent + buffer.bytes.remaining());
        buffers.release(buffer);
      }
      CONSUMER.setRelease(this, consumerIndex + 1);
    }
    long before = dropped; // one writer
    dropped = before + lost;
  }

  private int produced() {
    return (int) PRODUCER.getAcquire(this);
  }

  private int consumed() {
    return (int) CONSUMER.getAcquire(this);
  }

  private void fenceIfShared() {
    if (shared) {
      VarHandle.fullFence();
    }
  }
}

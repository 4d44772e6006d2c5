// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The bound on all I/O buffers of a server (`limits: buffered_bytes`), shared by its loops, and
/// the free buffers that no loop keeps for itself. Thread-safe.
///
/// Above the bound no further input is read until buffers come back; output that is already under
/// way is still allowed, so that a full budget always drains. Buffers within the bound are used
/// again and not left to the collector, which might be long in freeing native memory.
public final class BufferBudget {
  private final long limit;
  private final AtomicLong reserved = new AtomicLong();
  private final ConcurrentLinkedQueue<Buffer> spare = new ConcurrentLinkedQueue<>();

  /// @param limit bytes, at least one buffer (64 KiB)
  public BufferBudget(long limit) {
    if (limit < BufferPool.BUFFER_BYTES) {
      throw new IllegalArgumentException(
          "buffered_bytes: " + limit + " (expected: at least " + BufferPool.BUFFER_BYTES + ")");
    }
    this.limit = limit;
  }

  /// {@return bytes of buffers alive, free or in use}
  public long reserved() {
    return reserved.get();
  }

  public long limit() {
    return limit;
  }

  /// {@return whether there is no buffer left to give} Some may be free in loops.
  public boolean exhausted() {
    return reserved.get() + BufferPool.BUFFER_BYTES > limit && spare.isEmpty();
  }

  /// {@return a free buffer or a new one, or null when the budget is spent}
  @Nullable Buffer take() {
    Buffer free = spare.poll();
    if (free != null) {
      return free;
    }
    if (reserved.addAndGet(BufferPool.BUFFER_BYTES) > limit) {
      reserved.addAndGet(-BufferPool.BUFFER_BYTES);
      return null;
    }
    return allocate();
  }

  /// {@return a buffer beyond the budget}
  Buffer takeBeyond() {
    reserved.addAndGet(BufferPool.BUFFER_BYTES);
    Buffer fresh = allocate();
    if (fresh == null) {
      throw new OutOfMemoryError("no native memory for another I/O buffer");
    }
    return fresh;
  }

  /// {@return whether buffers beyond the budget are alive}
  boolean isOverdrawn() {
    return reserved.get() > limit;
  }

  /// Takes a buffer back: what is beyond the budget is dropped.
  void giveBack(Buffer buffer) {
    if (isOverdrawn()) {
      reserved.addAndGet(-BufferPool.BUFFER_BYTES);
    } else {
      spare.add(buffer);
    }
  }

  /// {@return a new buffer, null when the process has no native memory left for it}
  private @Nullable Buffer allocate() {
    try {
      return new Buffer(BufferPool.BUFFER_BYTES);
    } catch (OutOfMemoryError e) {
      reserved.addAndGet(-BufferPool.BUFFER_BYTES);
      return null; // -XX:MaxDirectMemorySize is below the budget: the lower bound rules
    }
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The bound on all I/O buffers of a server (`limits: buffered_bytes`), shared by its loops, and
/// the free buffers that no loop keeps for itself. It also counts what strangers have us keep in
/// the heap: header sections, content between the threads of HTTP/2. Thread-safe.
///
/// Above the bound no further input is read until buffers come back; output that is already under
/// way is still allowed, so that a full budget always drains. Buffers within the bound are used
/// again and not left to the collector, which might be long in freeing native memory.
public final class BufferBudget {
  /// Heap kept for a connection is counted from here on.
  static final long UNCOUNTED_BYTES = 4 * 1024;

  /// Part of what is free that one connection may keep in the heap.
  private static final int SHARES = 16;

  private final long limit;

  /// Most of the limit that may be heap: half of all there is, as not all of it is counted.
  private final long heapLimit;

  private final AtomicLong reserved = new AtomicLong();
  private final AtomicLong heap = new AtomicLong();
  private final ConcurrentLinkedQueue<Buffer> spare = new ConcurrentLinkedQueue<>();
  private final AtomicInteger spares = new AtomicInteger();

  /// @param limit bytes, at least one buffer (64 KiB)
  public BufferBudget(long limit) {
    if (limit < BufferPool.BUFFER_BYTES) {
      throw new IllegalArgumentException(
          "buffered_bytes: " + limit + " (expected: at least " + BufferPool.BUFFER_BYTES + ")");
    }
    this.limit = limit;
    this.heapLimit = Math.min(limit, Runtime.getRuntime().maxMemory() / 2);
  }

  /// {@return what whoever finds no buffer fails with: status 503, no fault of the peer's}
  public static ProxyException spent() {
    return ProxyException.internal(ErrorKind.status(503), "all I/O buffers are in use");
  }

  /// {@return bytes that one connection may keep in the heap now}
  ///
  /// A part of what is free (dynamic thresholds, Choudhury and Hahne 1998): one greedy connection
  /// gets much while the others want little, a thousand of them leave something free, and what is
  /// small always fits. So however many connections hoard, they never fill the budget.
  public long share() {
    long unused = (long) spares.get() * BufferPool.BUFFER_BYTES;
    long free = Math.min(limit - reserved.get() + unused, heapLimit - heap.get());
    return Math.max(UNCOUNTED_BYTES, free / SHARES);
  }

  /// Counts a change of what is kept in the heap.
  void holdMore(long bytes) {
    heap.addAndGet(bytes);
    reserved.addAndGet(bytes);
    while (isOverdrawn() && takeSpare() != null) {
      reserved.addAndGet(-BufferPool.BUFFER_BYTES); // dropped: the heap needs its place
    }
  }

  private @Nullable Buffer takeSpare() {
    Buffer free = spare.poll();
    if (free != null) {
      spares.decrementAndGet();
    }
    return free;
  }

  /// {@return bytes of buffers alive, free or in use, and of heap kept for connections}
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
    Buffer free = takeSpare();
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
      spares.incrementAndGet();
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

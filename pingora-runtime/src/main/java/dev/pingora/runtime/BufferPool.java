// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/// The free buffers of one loop, the last returned handed out first, so that a loop under load
/// works in a few cache-hot blocks however many connections it has.
///
/// Ownership: when the loop's threads are bound to it, the pool is a plain array that only they
/// touch; in the stealing flavour it is a lock-free deque, as buffers then come back from other OS
/// threads. The number of buffers alive in the process is bounded by the [BufferBudget].
abstract sealed class BufferPool {
  /// One buffer holds what one `recv` may bring; the floor's relay reads as much.
  static final int BUFFER_BYTES = 64 * 1024;

  /// Free buffers kept by a loop; more than that go back to the collector.
  static final int MAX_FREE = 256;

  private final BufferBudget budget;

  private BufferPool(BufferBudget budget) {
    this.budget = budget;
  }

  static BufferPool confined(BufferBudget budget) {
    return new Confined(budget);
  }

  static BufferPool shared(BufferBudget budget) {
    return new Shared(budget);
  }

  /// {@return an empty buffer (position 0, limit = capacity), or null when the budget is spent}
  final @Nullable Buffer take() {
    Buffer free = pop();
    if (free != null) {
      free.bytes.clear();
      return free;
    }
    return budget.reserve(BUFFER_BYTES) ? new Buffer(BUFFER_BYTES) : null;
  }

  /// Like [#take] for output: what is being answered may always go on, else a full budget could
  /// never drain.
  final Buffer takeAlways() {
    Buffer buffer = take();
    if (buffer != null) {
      return buffer;
    }
    budget.reserveAlways(BUFFER_BYTES);
    return new Buffer(BUFFER_BYTES);
  }

  /// Gives a buffer back. The caller must not touch it afterwards.
  final void release(Buffer buffer) {
    if (!push(buffer)) {
      budget.giveBack(BUFFER_BYTES);
    }
  }

  abstract @Nullable Buffer pop();

  abstract boolean push(Buffer buffer);

  private static final class Confined extends BufferPool {
    private final @Nullable Buffer[] free = new Buffer[MAX_FREE];
    private int size;

    Confined(BufferBudget budget) {
      super(budget);
    }

    @Override
    @Nullable Buffer pop() {
      if (size == 0) {
        return null;
      }
      Buffer top = free[--size];
      free[size] = null;
      return top;
    }

    @Override
    boolean push(Buffer buffer) {
      if (size == MAX_FREE) {
        return false;
      }
      free[size++] = buffer;
      return true;
    }
  }

  private static final class Shared extends BufferPool {
    private final ConcurrentLinkedDeque<Buffer> free = new ConcurrentLinkedDeque<>();
    private final java.util.concurrent.atomic.AtomicInteger size =
        new java.util.concurrent.atomic.AtomicInteger();

    Shared(BufferBudget budget) {
      super(budget);
    }

    @Override
    @Nullable Buffer pop() {
      Buffer top = free.pollFirst();
      if (top != null) {
        size.decrementAndGet();
      }
      return top;
    }

    @Override
    boolean push(Buffer buffer) {
      if (size.incrementAndGet() > MAX_FREE) {
        size.decrementAndGet();
        return false;
      }
      free.addFirst(buffer);
      return true;
    }
  }
}

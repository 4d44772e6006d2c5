// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The free buffers of one loop, the last returned handed out first, so that a loop under load
/// works in a few cache-hot blocks however many connections it has.
///
/// Ownership: when the loop's threads are bound to it, the pool is a plain array that only they
/// touch; in the stealing flavour it is a lock-free deque, as buffers then come back from other OS
/// threads. The number of buffers alive in the process is bounded by the [BufferBudget], to which
/// those that do not fit here go back.
abstract sealed class BufferPool {
  /// One buffer holds what one `recv` may bring; the floor's relay reads as much.
  static final int BUFFER_BYTES = 64 * 1024;

  /// Free buffers kept by a loop at most (16 MiB).
  static final int MAX_KEPT = 256;

  private final BufferBudget budget;

  private BufferPool(BufferBudget budget) {
    this.budget = budget;
  }

  /// @param kept free buffers kept here, 0 or more
  static BufferPool confined(BufferBudget budget, int kept) {
    return new Confined(budget, kept);
  }

  static BufferPool shared(BufferBudget budget, int kept) {
    return new Shared(budget, kept);
  }

  /// {@return how many free buffers each loop keeps: all loops together at most half the budget, so
  /// that what an idle loop keeps never starves the others}
  static int keptPerLoop(LoopGroupOptions options) {
    return (int) Math.min(MAX_KEPT, options.bufferedBytes() / BUFFER_BYTES / 2 / options.loops());
  }

  /// {@return an empty buffer (position 0, limit = capacity), or null when the budget is spent}
  final @Nullable Buffer take() {
    Buffer free = pop();
    if (free == null) {
      free = budget.take();
    }
    if (free != null) {
      free.bytes.clear();
    }
    return free;
  }

  /// Like [#take] for output: what is being answered may always go on, else a full budget could
  /// never drain.
  final Buffer takeAlways() {
    Buffer buffer = take();
    return buffer != null ? buffer : budget.takeBeyond();
  }

  /// Gives a buffer back. The caller must not touch it afterwards.
  final void release(Buffer buffer) {
    if (budget.isOverdrawn() || !push(buffer)) {
      budget.giveBack(buffer);
    }
  }

  /// {@return whether [#take] would give none}
  final boolean isSpent() {
    return isEmpty() && budget.exhausted();
  }

  abstract boolean isEmpty();

  abstract @Nullable Buffer pop();

  abstract boolean push(Buffer buffer);

  private static final class Confined extends BufferPool {
    private final @Nullable Buffer[] free;
    private int size;

    Confined(BufferBudget budget, int kept) {
      super(budget);
      free = new Buffer[kept];
    }

    @Override
    boolean isEmpty() {
      return size == 0;
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
      if (size == free.length) {
        return false;
      }
      free[size++] = buffer;
      return true;
    }
  }

  private static final class Shared extends BufferPool {
    private final ConcurrentLinkedDeque<Buffer> free = new ConcurrentLinkedDeque<>();
    private final AtomicInteger size = new AtomicInteger();
    private final int kept;

    Shared(BufferBudget budget, int kept) {
      super(budget);
      this.kept = kept;
    }

    @Override
    boolean isEmpty() {
      return free.isEmpty();
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
      if (size.incrementAndGet() > kept) {
        size.decrementAndGet();
        return false;
      }
      free.addFirst(buffer);
      return true;
    }
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// A bounded queue of many producers and one consumer that never waits and never makes anyone wait.
///
/// A ring of slots. A producer claims a position by a compare-and-set of `tail`, then puts its
/// entry into the slot; the consumer takes the slot at `head`, empties it, then moves `head` on.
///
/// *Invariant*: `head <= tail <= head + capacity`, so a claimed slot has been emptied before: the
/// consumer empties it before it moves `head`, and a producer reads `head` before it claims.
/// *Publication*: the entry is put with release and taken with acquire semantics, so its contents
/// are seen. A claimed slot that is still empty means its producer is between the two steps; the
/// consumer then stops there and comes again, it never spins.
///
/// Entries also have a weight in bytes, and the sum of those waiting has a bound: many small
/// entries or few large ones fit, and neither exhausts the heap. The sum is approximate in the
/// order of the number of threads times one entry.
///
/// *Cost* of an offer: one compare-and-set, two atomic adds, one release store; no allocation.
final class EntryQueue {
  private final AtomicReferenceArray<@Nullable AccessLogEntry> slots;
  private final int mask;
  private final long maxBytes;
  private final AtomicLong tail = new AtomicLong();
  private final AtomicLong head = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();

  /// Creates an empty queue.
  ///
  /// @param capacity most entries; a power of two
  /// @param maxBytes most bytes of entries that wait
  EntryQueue(int capacity, long maxBytes) {
    if (Integer.bitCount(capacity) != 1) {
      throw new IllegalArgumentException(
          "capacity: %d (expected: a power of two)".formatted(capacity));
    }
    this.slots = new AtomicReferenceArray<>(capacity);
    this.mask = capacity - 1;
    this.maxBytes = maxBytes;
  }

  /// {@return whether there was room}
  boolean offer(AccessLogEntry entry) {
    int weight = entry.weight();
    if (bytes.addAndGet(weight) > maxBytes) {
      bytes.addAndGet(-weight);
      return false;
    }
    long position = tail.get();
    while (true) {
      if (position - head.get() > mask) {
        bytes.addAndGet(-weight);
        return false;
      }
      long seen = tail.compareAndExchange(position, position + 1);
      if (seen == position) {
        break;
      }
      position = seen;
    }
    slots.setRelease((int) position & mask, entry);
    return true;
  }

  /// {@return the oldest entry, or null when there is none; only for the consumer}
  @Nullable AccessLogEntry poll() {
    long position = head.get();
    int slot = (int) position & mask;
    AccessLogEntry entry = slots.getAcquire(slot);
    if (entry == null) {
      return null;
    }
    slots.setRelease(slot, null);
    head.set(position + 1);
    bytes.addAndGet(-entry.weight());
    return entry;
  }

  /// {@return whether nothing waits and no producer is about to put something}
  boolean isEmpty() {
    return head.get() == tail.get();
  }
}

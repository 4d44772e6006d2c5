// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tinyufo;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// An unbounded queue, first in first out, of many producers and consumers, lock-free.
///
/// **Idea.** A list of arrays. A producer takes a ticket for a slot of the last array by an atomic
/// increment and puts its element there; a consumer takes a ticket for a slot of the first one and
/// swaps a mark in. Should the consumer come first, the producer finds the mark instead of an empty
/// slot and draws another ticket; so does the consumer that found nothing. An array is used once
/// and then left to the collector, so no slot ever means two things.
///
/// **Invariant.** Of the two swaps on a slot exactly one hands over an element: the producer's
/// succeeds only on an empty slot, the consumer's takes whatever is there.
///
/// **Cost.** One increment and one swap an operation, no retry unless both sides meet on one slot;
/// 4 bytes an element (8 with large heaps) and 56 an array of 128.
///
/// **Paper.** The fetch-and-add array queue of Correia and Ramalhete (2016), after Morrison and
/// Afek: *Fast concurrent queues for x86 processors*, PPoPP 2013.
final class Fifo<T> {
  private static final int SEGMENT_SIZE = 128;

  /// In a slot that a consumer has been to.
  private static final Object TAKEN = new Object();

  private final AtomicReference<Segment> head;
  private final AtomicReference<Segment> tail;

  /// An array of slots, the tickets drawn for them and the array after it.
  private static final class Segment {
    final AtomicReferenceArray<@Nullable Object> slots = new AtomicReferenceArray<>(SEGMENT_SIZE);
    final AtomicInteger puts = new AtomicInteger();
    final AtomicInteger takes = new AtomicInteger();
    final AtomicReference<@Nullable Segment> next = new AtomicReference<>();

    /// Counts the arrays.
    final long number;

    Segment(long number) {
      this.number = number;
    }

    boolean isDrained() {
      return takes.get() >= SEGMENT_SIZE;
    }

    /// {@return whether no element can be found here now}
    boolean isEmpty() {
      return takes.get() >= Math.min(puts.get(), SEGMENT_SIZE);
    }
  }

  Fifo() {
    Segment first = new Segment(0);
    head = new AtomicReference<>(first);
    tail = new AtomicReference<>(first);
  }

  void add(T element) {
    while (true) {
      Segment last = tail.get();
      int ticket = last.puts.get() < SEGMENT_SIZE ? last.puts.getAndIncrement() : SEGMENT_SIZE;
      if (ticket >= SEGMENT_SIZE) {
        extend(last);
      } else if (last.slots.compareAndSet(ticket, null, element)) {
        return;
      }
    }
  }

  private void extend(Segment last) {
    Segment next = last.next.get();
    if (next == null) {
      Segment fresh = new Segment(last.number + 1);
      next = last.next.compareAndSet(null, fresh) ? fresh : requireNonNull(last.next.get());
    }
    tail.compareAndSet(last, next);
  }

  /// {@return the oldest element, null when there is none}
  @Nullable T poll() {
    while (true) {
      Segment first = head.get();
      if (first.isDrained()) {
        Segment next = first.next.get();
        if (next == null) {
          return null;
        }
        head.compareAndSet(first, next);
      } else if (first.isEmpty()) {
        return null;
      } else {
        int ticket = first.takes.getAndIncrement();
        Object element = ticket < SEGMENT_SIZE ? first.slots.getAndSet(ticket, TAKEN) : null;
        if (element != null) {
          return cast(element);
        }
      }
    }
  }

  /// {@return how many elements there are, about so while others add and poll}
  long size() {
    Segment first = head.get();
    Segment last = tail.get();
    return (last.number - first.number) * SEGMENT_SIZE
        + Math.min(last.puts.get(), SEGMENT_SIZE)
        - Math.min(first.takes.get(), SEGMENT_SIZE);
  }

  @SuppressWarnings("unchecked") // only add puts elements in
  private T cast(Object element) {
    return (T) element;
  }
}

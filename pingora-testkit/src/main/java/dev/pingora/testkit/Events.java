// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// What happened, in order, and a way to wait for more: callbacks add, the test awaits.
///
/// Thread-safe; the list is guarded by one lock, never held while foreign code runs.
///
/// @param <E> an event; its `toString` appears in failures
public final class Events<E> {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition added = lock.newCondition();
  private final List<E> events = new ArrayList<>();

  /// Nothing has happened yet.
  public Events() {}

  /// Notes that something happened.
  public void add(E event) {
    lock.lock();
    try {
      events.add(event);
      added.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// {@return everything so far}
  public List<E> all() {
    lock.lock();
    try {
      return List.copyOf(events);
    } finally {
      lock.unlock();
    }
  }

  /// {@return the first `count` events or more, as soon as there are that many}
  ///
  /// @throws AssertionError if there are not within [Gate#PATIENCE]
  public List<E> await(int count) {
    return await(count, Gate.PATIENCE);
  }

  /// {@return the first `count` events or more, as soon as there are that many}
  ///
  /// @throws AssertionError if there are not in time, or this thread is interrupted
  public List<E> await(int count, Duration patience) {
    long left = patience.toNanos();
    lock.lock();
    try {
      while (events.size() < count) {
        if (left <= 0) {
          throw new AssertionError(
              "expected " + count + " events within " + patience + ", got " + events);
        }
        left = added.awaitNanos(left);
      }
      return List.copyOf(events);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for " + count + " events", e);
    } finally {
      lock.unlock();
    }
  }
}

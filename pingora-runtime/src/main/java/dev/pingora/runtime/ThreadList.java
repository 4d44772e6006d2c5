// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The living request threads of a loop, as an intrusive list, so that the end of the loop can
/// cancel them. Thread-safe: threads are spawned from anywhere.
///
/// Guarded by `lock`: everything. It is held for a few instructions, and neither across a wait nor
/// by a carrier.
@SuppressWarnings("ReferenceEquality") // list links
final class ThreadList {
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable RequestThread first;
  private boolean cancelled;

  /// Adds a thread that is about to start.
  ///
  /// @return false when [#cancelAll] has been called: the caller cancels the thread
  boolean add(RequestThread thread) {
    lock.lock();
    try {
      RequestThread head = first;
      thread.next = head;
      if (head != null) {
        head.previous = thread;
      }
      first = thread;
      return !cancelled;
    } finally {
      lock.unlock();
    }
  }

  void remove(RequestThread thread) {
    lock.lock();
    try {
      RequestThread before = thread.previous;
      RequestThread after = thread.next;
      if (before != null) {
        before.next = after;
      } else if (first == thread) {
        first = after;
      }
      if (after != null) {
        after.previous = before;
      }
      thread.previous = null;
      thread.next = null;
    } finally {
      lock.unlock();
    }
  }

  boolean isEmpty() {
    lock.lock();
    try {
      return first == null;
    } finally {
      lock.unlock();
    }
  }

  void cancelAll() {
    lock.lock();
    try {
      cancelled = true;
      for (RequestThread next = first; next != null; next = next.next) {
        next.cancel();
      }
    } finally {
      lock.unlock();
    }
  }

  void interruptAll() {
    lock.lock();
    try {
      for (RequestThread next = first; next != null; next = next.next) {
        next.thread().interrupt();
      }
    } finally {
      lock.unlock();
    }
  }
}

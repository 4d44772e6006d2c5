// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;

/// One platform thread that runs the continuations of one loop's virtual threads, and nothing else:
/// it calls no Netty, takes no lock, logs nothing and starts no thread.
///
/// Unpark queues, it never runs in place: a continuation that becomes runnable goes to the end of
/// the queue, so a thread that yields in a circle starves nobody.
///
/// Ownership: `local` belongs to the carrier (and to the virtual threads mounted on it); `foreign`
/// is the lock-free door for every other thread.
@SuppressWarnings("ReferenceEquality") // threads are compared by identity on purpose
final class Carrier implements Executor {
  private final Thread thread;
  private final ArrayDeque<Runnable> local = new ArrayDeque<>(256);
  private final Queue<Runnable> foreign = new ConcurrentLinkedQueue<>();
  private final Runnable wakeEventLoop;

  private final SleepFlag sleep = new SleepFlag();
  private volatile boolean stopped;

  /// @param wakeEventLoop called by foreign threads after they queued something; must be cheap when
  ///   the event loop is not blocked in its poll
  Carrier(String name, Runnable wakeEventLoop) {
    this.wakeEventLoop = wakeEventLoop;
    this.thread = Thread.ofPlatform().name(name).daemon(true).unstarted(this::run);
  }

  void start(Thread eventLoopThread) {
    thread.start();
    eventLoopThread.start();
  }

  /// Queues a continuation. Called by the JDK from whichever thread starts, unparks or yields.
  @Override
  public void execute(Runnable continuation) {
    if (BoundThreads.currentCarrier() == thread) {
      local.add(continuation);
      return;
    }
    foreign.add(continuation);
    if (sleep.take()) {
      LockSupport.unpark(thread);
    }
    wakeEventLoop.run();
  }

  /// {@return whether continuations are waiting} Asked by the event-loop thread only.
  boolean hasWork() {
    return !local.isEmpty() || !foreign.isEmpty();
  }

  Thread thread() {
    return thread;
  }

  /// Ends the platform thread once its queue is empty.
  void stop() {
    stopped = true;
    LockSupport.unpark(thread);
  }

  private void run() {
    while (true) {
      drainForeign();
      Runnable next = local.poll();
      if (next != null) {
        next.run();
      } else if (stopped) {
        return;
      } else {
        parkUntilWork();
      }
    }
  }

  private void drainForeign() {
    for (Runnable next = foreign.poll(); next != null; next = foreign.poll()) {
      local.add(next);
    }
  }

  /// Reached only while the event-loop thread itself waits for a lock that a foreign thread holds.
  private void parkUntilWork() {
    sleep.lieDown();
    if (foreign.isEmpty() && !stopped) {
      LockSupport.park(this);
    }
    sleep.getUp();
  }
}

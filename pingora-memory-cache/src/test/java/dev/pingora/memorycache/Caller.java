// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.memorycache;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Somebody on a virtual thread of their own, whose waiting can be waited for.
final class Caller<T> {
  private final FutureTask<T> task;
  private final Thread thread;

  private Caller(Callable<T> body) {
    task = new FutureTask<>(body);
    thread = Thread.ofVirtual().start(task);
  }

  static <T> Caller<T> of(Callable<T> body) {
    return new Caller<>(body);
  }

  /// Returns when the thread is parked.
  Caller<T> untilWaiting() {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (thread.getState() != Thread.State.WAITING
        && thread.getState() != Thread.State.TIMED_WAITING) {
      if (System.nanoTime() > deadline || !thread.isAlive()) {
        throw new AssertionError("not waiting but " + thread.getState());
      }
      Thread.onSpinWait();
    }
    return this;
  }

  void interrupt() {
    thread.interrupt();
  }

  T result() throws InterruptedException, ExecutionException, TimeoutException {
    return task.get(20, TimeUnit.SECONDS);
  }

  /// {@return what it threw}
  Throwable failure() throws InterruptedException, TimeoutException {
    try {
      throw new AssertionError("returned " + result());
    } catch (ExecutionException e) {
      return requireNonNull(e.getCause());
    }
  }
}

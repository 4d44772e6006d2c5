// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// One piece of work on its way to a platform thread and back. Result and failure are written
/// before `done` (volatile) and read after it.
final class Offloaded<T> implements Runnable {
  private final RequestThread waiter;
  private final Callable<T> work;
  private @Nullable T result;
  private @Nullable Throwable failure;
  private volatile boolean done;

  Offloaded(RequestThread waiter, Callable<T> work) {
    this.waiter = waiter;
    this.work = work;
  }

  @Override
  public void run() {
    try {
      result = work.call();
    } catch (Throwable e) { // carried over to the thread that waits
      failure = e;
    }
    done = true;
    waiter.signal();
  }

  /// Waits without a deadline: the work belongs to the user, who bounds it.
  @SuppressWarnings("NullAway") // the work's own type says whether its result may be null
  T await() throws Exception {
    while (!done) {
      waiter.await(RequestThread.NEVER);
    }
    Throwable thrown = failure;
    return switch (thrown) {
      case null -> result;
      case Exception e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(thrown);
    };
  }
}

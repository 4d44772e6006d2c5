// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.pool;

import java.util.concurrent.atomic.AtomicInteger;

/// How many idle connections all pools of a server may hold together.
///
/// One number for all loops, so that the bound is what the configuration says, and not that times
/// the number of threads. Thread-safe; one atomic operation for each connection that starts or
/// stops being idle.
public final class PoolBudget {
  private final int maxIdle;
  private final AtomicInteger idle = new AtomicInteger();

  /// A budget of which nothing is used.
  ///
  /// @param maxIdle 0 (nothing is ever kept) or more
  public PoolBudget(int maxIdle) {
    if (maxIdle < 0) {
      throw new IllegalArgumentException("maxIdle: " + maxIdle + " (expected: 0 or more)");
    }
    this.maxIdle = maxIdle;
  }

  /// {@return the bound}
  public int maxIdle() {
    return maxIdle;
  }

  /// {@return how many connections are idle now, in all pools}
  public int idle() {
    return idle.get();
  }

  /// Takes one place.
  ///
  /// @return false if all are taken
  boolean tryAcquire() {
    for (int now = idle.get(); now < maxIdle; now = idle.get()) {
      if (idle.compareAndSet(now, now + 1)) {
        return true;
      }
    }
    return false;
  }

  void release() {
    idle.decrementAndGet();
  }
}

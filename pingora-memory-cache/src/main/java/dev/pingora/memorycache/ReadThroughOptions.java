// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.memorycache;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The settings of a [ReadThroughCache].
///
/// @param lockTimeout the longest wait for a load of somebody else's; after it a caller loads for
///   itself and keeps the result to itself
/// @param lockAge a load older than this is not waited for any more; null to wait for any
/// @param maxRefreshes background refreshes at a time; while there are as many, stale values are
///   served without one
/// @param refresher runs background refreshes: each that it accepts, or else throws
///   `RejectedExecutionException`. One that drops tasks in silence, such as a `ThreadPoolExecutor`
///   with its `DiscardPolicy`, keeps the place of each, and after `maxRefreshes` of them no stale
///   value is refreshed any more; with the `AbortPolicy` it does what is meant
/// @param nanoClock counts nanoseconds from any origin
public record ReadThroughOptions(
    Duration lockTimeout,
    @Nullable Duration lockAge,
    int maxRefreshes,
    Executor refresher,
    LongSupplier nanoClock) {

  /// Waits of a minute, any age, 64 refreshes at a time on virtual threads.
  public static final ReadThroughOptions DEFAULTS =
      new ReadThroughOptions(
          Duration.ofMinutes(1),
          null,
          64,
          task -> Thread.ofVirtual().name("pingora-refresh").start(task),
          System::nanoTime);

  /// Refuses negative times and numbers.
  public ReadThroughOptions {
    requireNotNegative("lockTimeout", lockTimeout);
    if (lockAge != null) {
      requireNotNegative("lockAge", lockAge);
    }
    if (maxRefreshes < 0) {
      throw new IllegalArgumentException(
          "maxRefreshes: " + maxRefreshes + " (expected: 0 or more)");
    }
  }

  private static void requireNotNegative(String name, Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: 0 or more)");
    }
  }

  /// {@return these settings with other times}
  public ReadThroughOptions withLock(Duration timeout, @Nullable Duration age) {
    return new ReadThroughOptions(timeout, age, maxRefreshes, refresher, nanoClock);
  }

  /// {@return these settings with another bound and executor of refreshes}
  public ReadThroughOptions withRefreshes(int max, Executor executor) {
    return new ReadThroughOptions(lockTimeout, lockAge, max, executor, nanoClock);
  }

  /// {@return these settings with another clock}
  public ReadThroughOptions withClock(LongSupplier clock) {
    return new ReadThroughOptions(lockTimeout, lockAge, maxRefreshes, refresher, clock);
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// Monotonic time that passes only when the test says so. Pass it as `ticker::nanoTime`.
///
/// Thread-safe. Starts 100 seconds before the wrap-around of a `long`, so that code which compares
/// moments instead of their difference fails.
public final class FakeTicker {
  private final AtomicLong nanos;

  /// A ticker that soon wraps around.
  public FakeTicker() {
    this(Long.MAX_VALUE - Duration.ofSeconds(100).toNanos());
  }

  /// A ticker that begins at the given moment.
  public FakeTicker(long startNanos) {
    nanos = new AtomicLong(startNanos);
  }

  /// {@return the present, in nanoseconds}
  public long nanoTime() {
    return nanos.get();
  }

  /// Lets time pass; nothing else happens.
  public void advance(Duration step) {
    if (step.isNegative()) {
      throw new IllegalArgumentException("step: " + step + " (expected: >= 0)");
    }
    nanos.addAndGet(step.toNanos());
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import java.util.concurrent.atomic.AtomicLong;

/// Attempts and failures of the present and the last period, for a circuit breaker. Lock-free.
///
/// Two numbers and the period they belong to share one 64-bit word. When a period ends its numbers
/// count half: a window that neither forgets all at once nor needs a list of moments.
final class FailureWindow {
  /// Numbers stop here; the ratio is known by then.
  private static final int MAX_COUNT = (1 << 20) - 1;

  private final CircuitBreaker rules;

  /// period (24 bits), attempts (20), failures (20)
  private final AtomicLong packed = new AtomicLong();

  FailureWindow(CircuitBreaker rules) {
    this.rules = rules;
  }

  /// Counts one attempt.
  ///
  /// @return whether too many have failed
  boolean add(long now, boolean failed) {
    int period = (int) (Math.floorDiv(now, rules.window().toNanos()) & 0xff_ffff);
    long seen = packed.get();
    long next = next(seen, period, failed);
    while (!packed.compareAndSet(seen, next)) {
      seen = packed.get();
      next = next(seen, period, failed);
    }
    int attempts = attempts(next);
    return attempts >= rules.minAttempts() && failures(next) >= rules.failureRatio() * attempts;
  }

  void reset() {
    packed.set(0);
  }

  private static long next(long seen, int period, boolean failed) {
    int attempts = attempts(seen);
    int failures = failures(seen);
    int last = (int) (seen >>> 40);
    int passed = (period - last) << 8 >> 8; // signed difference of 24 bits
    boolean present = passed == 0 || passed == -1; // a clock may go back a little
    if (passed == 1) {
      attempts >>= 1;
      failures >>= 1;
    } else if (!present) {
      attempts = 0;
      failures = 0;
    }
    if (attempts < MAX_COUNT) {
      attempts++;
      failures += failed ? 1 : 0;
    }
    long at = present ? last : period;
    return at << 40 | (long) attempts << 20 | failures;
  }

  private static int attempts(long packed) {
    return (int) (packed >>> 20) & MAX_COUNT;
  }

  private static int failures(long packed) {
    return (int) packed & MAX_COUNT;
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tinyufo;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/// Finds the share of the small queue that suits the traffic, by trial.
///
/// Traffic with lasting favourites wants a small queue that is small; traffic that moves on wants
/// it large. Which it is shows only in trying: the share is changed by a step, and if uses became
/// rarer the next step goes the other way (hill climbing, as in Einziger, Eytan, Friedman, Manes:
/// *Adaptive software cache management*, Middleware 2018).
///
/// What is measured is how many uses there were to a number of misses. Only uses that raised a
/// counter of an item count: those of the hottest items do not, cost nothing so, and would not
/// depend on the share anyway. A change that chance explains, less than four standard deviations of
/// a count as large as the number of misses, is not taken for an effect; then the share returns
/// towards a tenth.
final class Climber {
  /// Misses of a period for each item of the cache.
  private static final int PERIOD = 3;

  private static final int MIN_PERIOD = 64;
  private static final double SIGNIFICANCE = 4;
  private static final double STEP = 0.06;
  private static final double MIN_SHARE = 0.01;
  private static final double MAX_SHARE = 0.8;
  private static final double HOME = 0.1;

  private final long capacity;
  private final int period;
  private final LongAdder uses = new LongAdder();
  private final AtomicInteger misses = new AtomicInteger();
  private volatile long limit;

  // Confined to the thread that counts the last miss of a period; the next such thread comes after
  // `misses` was reset.
  private double share = HOME;
  private double direction = 1;
  private double usesBefore = -1;

  Climber(long capacity, int estimatedItems) {
    this.capacity = capacity;
    this.period = Math.clamp((long) PERIOD * estimatedItems, MIN_PERIOD, 1 << 30);
    this.limit = limitOf(HOME);
  }

  private long limitOf(double someShare) {
    return (long) (capacity * someShare) + 1;
  }

  /// {@return the weight above which the small queue has to give}
  long limit() {
    return limit;
  }

  /// Counts a use that raised a counter.
  void used() {
    uses.increment();
  }

  /// Counts a new item, and ends the period when it is due.
  void missed() {
    if (misses.incrementAndGet() == period) {
      endPeriod((double) uses.sumThenReset());
      misses.set(0);
    }
  }

  private void endPeriod(double usesNow) {
    if (usesBefore >= 0) {
      double change = (usesNow - usesBefore) / Math.max(1, usesBefore);
      if (Math.abs(change) < SIGNIFICANCE / Math.sqrt(period)) {
        share += (HOME - share) / 4;
      } else {
        direction = change < 0 ? -direction : direction;
        share += direction * STEP;
      }
      share = Math.clamp(share, MIN_SHARE, MAX_SHARE);
      limit = limitOf(share);
    }
    usesBefore = usesNow;
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.tls;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/// Counts what clients can cause as often as they like, and lets it be told once in a while.
///
/// Thread-safe, without locks.
final class Tally {
  private final long silence;
  private final LongSupplier nanoClock;
  private final LongAdder all = new LongAdder();
  private final AtomicLong quietUntil;

  /// How many have been told.
  private final AtomicLong told = new AtomicLong();

  /// @param silence between two times that something is told
  Tally(Duration silence, LongSupplier nanoClock) {
    this.silence = silence.toNanos();
    this.nanoClock = nanoClock;
    this.quietUntil = new AtomicLong(nanoClock.getAsLong());
  }

  /// One more.
  void count() {
    all.increment();
  }

  /// {@return how many were counted since this last said so; 0 when it is too early to say
  /// something again}
  long untold() {
    long now = nanoClock.getAsLong();
    long until = quietUntil.get();
    if (now - until < 0 || !quietUntil.compareAndSet(until, now + silence)) {
      return 0;
    }
    long counted = all.sum();
    return counted - told.getAndSet(counted);
  }

  /// {@return all that were counted}
  long all() {
    return all.sum();
  }
}

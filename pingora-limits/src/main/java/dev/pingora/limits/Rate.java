// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.limits;

import static java.util.Objects.requireNonNull;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The rate of events of each key, over two windows, in constant memory.
///
/// **Idea.** Time is cut into intervals. Two count-min tables (see [Estimator]) hold the counts of
/// the interval that is running and of the one before it. Counting touches the running table; the
/// rate is read from the finished one, or from both by a [RateEstimate].
///
/// **Invariant.** A pair of tables belongs to one interval and is replaced as a whole: the first
/// caller in a new interval publishes a pair of a zeroed table and the former running one. No table
/// is ever cleared, so no count is lost to a reset and none of an old interval shows up in a new
/// one. A thread that was held up across a boundary still adds to the table of its own interval.
///
/// **Time** never goes back for this object: while its clock is behind the newest interval seen,
/// events count into that interval.
///
/// **Cost.** Two tables of `8 × hashes × slots` bytes (2 × 32 KiB by default) and a fresh one in
/// each interval that has events; an event is a reading of the clock, a hash, and an atomic
/// addition a row, and allocates nothing. Any thread may call anything.
///
/// {@snippet :
/// Rate rate = Rate.of(Duration.ofSeconds(1));
/// if (rate.observe(client, 1) > 100) { return tooManyRequests(); }
/// }
public final class Rate {
  private static final int HASHES = 4;
  private static final int SLOTS = 1024;
  private static final Duration MIN_INTERVAL = Duration.ofMillis(1);
  private static final Duration MAX_INTERVAL = Duration.ofDays(366);

  private final Rows rows;
  private final Duration interval;
  private final long intervalNanos;
  private final LongSupplier nanoClock;
  private final long origin;
  private final AtomicReference<Windows> windows;

  /// The tables of one interval and of the one before, absent when nothing was counted in it.
  private record Windows(
      long interval, AtomicLongArray current, @Nullable AtomicLongArray previous) {}

  private Rate(Rows rows, Duration interval, LongSupplier nanoClock) {
    this.rows = rows;
    this.interval = interval;
    this.intervalNanos = interval.toNanos();
    this.nanoClock = nanoClock;
    this.origin = nanoClock.getAsLong();
    this.windows = new AtomicReference<>(new Windows(0, rows.newCells(), null));
  }

  /// {@return a rate over intervals of 1 ms to 366 days, in 2 × 4 rows of 1,024 slots}
  public static Rate of(Duration interval) {
    return of(interval, HASHES, SLOTS);
  }

  /// As [#of(Duration)] with a geometry, see [Estimator#of(int, int)].
  public static Rate of(Duration interval, int hashes, int slots) {
    return of(interval, hashes, slots, System::nanoTime);
  }

  /// As [#of(Duration, int, int)] with a clock that counts nanoseconds from any origin.
  public static Rate of(Duration interval, int hashes, int slots, LongSupplier nanoClock) {
    return of(interval, hashes, slots, nanoClock, new SecureRandom());
  }

  /// As [#of(Duration, int, int, LongSupplier)] with the secrets taken from a generator.
  static Rate of(
      Duration interval, int hashes, int slots, LongSupplier nanoClock, RandomGenerator random) {
    requireNonNull(interval, "interval");
    requireNonNull(nanoClock, "nanoClock");
    if (interval.compareTo(MIN_INTERVAL) < 0 || interval.compareTo(MAX_INTERVAL) > 0) {
      throw new IllegalArgumentException(
          "interval: " + interval + " (expected: " + MIN_INTERVAL + ".." + MAX_INTERVAL + ")");
    }
    return new Rate(new Rows(hashes, slots, random), interval, nanoClock);
  }

  /// Counts `n` events of a key.
  ///
  /// @return its events in the running interval, these included
  public long observe(Object key, long n) {
    return observe0(rows.hash(requireNonNull(key, "key")), n);
  }

  /// As [#observe(Object, long)] for a number, unboxed.
  public long observe(long key, long n) {
    return observe0(rows.hash(key), n);
  }

  private long observe0(long hash, long n) {
    return rows.add(roll(elapsed() / intervalNanos).current(), hash, Rows.step(n));
  }

  /// {@return a key's events per second, averaged over the last finished interval}
  ///
  /// 0 during the first interval, and when the last finished one had none. For an answer earlier
  /// than that see [RateEstimate#PROPORTIONAL].
  public double rate(Object key) {
    return rate0(rows.hash(requireNonNull(key, "key")));
  }

  /// As [#rate(Object)] for a number, unboxed.
  public double rate(long key) {
    return rate0(rows.hash(key));
  }

  private double rate0(long hash) {
    Windows seen = windows.get();
    return events(previousTable(seen, elapsed() / intervalNanos), hash) * 1e9 / intervalNanos;
  }

  /// {@return a key's events per second by an estimate of the caller's}
  public double rateWith(Object key, RateEstimate estimate) {
    return rateWith0(rows.hash(requireNonNull(key, "key")), estimate);
  }

  /// As [#rateWith(Object, RateEstimate)] for a number, unboxed.
  public double rateWith(long key, RateEstimate estimate) {
    return rateWith0(rows.hash(key), estimate);
  }

  private double rateWith0(long hash, RateEstimate estimate) {
    Windows seen = windows.get();
    long elapsed = Math.max(elapsed(), seen.interval() * intervalNanos);
    long running = elapsed / intervalNanos;
    double fraction = (double) (elapsed % intervalNanos) / intervalNanos;
    long previous = events(previousTable(seen, running), hash);
    long current = running == seen.interval() ? events(seen.current(), hash) : 0;
    return estimate.perSecond(new RateComponents(previous, current, interval, fraction));
  }

  /// {@return the table of the interval before `running`; reading never rolls the windows}
  private static @Nullable AtomicLongArray previousTable(Windows seen, long running) {
    long passed = running - seen.interval();
    if (passed <= 0) {
      return seen.previous();
    }
    return passed == 1 ? seen.current() : null;
  }

  private long events(@Nullable AtomicLongArray table, long hash) {
    return table == null ? 0 : rows.min(table, hash);
  }

  /// {@return the windows of an interval, or newer ones; published by the first who asks}
  private Windows roll(long running) {
    Windows seen = windows.get();
    while (seen.interval() < running) {
      Windows next = new Windows(running, rows.newCells(), previousTable(seen, running));
      if (windows.compareAndSet(seen, next)) {
        return next;
      }
      seen = windows.get();
    }
    return seen;
  }

  /// {@return nanoseconds since construction, 0 while a clock is behind that}
  private long elapsed() {
    return Math.max(0, nanoClock.getAsLong() - origin);
  }
}

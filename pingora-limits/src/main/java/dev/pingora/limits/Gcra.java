// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.limits;

import static java.util.Objects.requireNonNull;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;

/// A token bucket for each key, in constant memory: the generic cell rate algorithm over a sketch.
///
/// **Idea.** A bucket of `burst` tokens that refills at `permits` per `per` needs no counter and no
/// refill: one number says it all, the *theoretical arrival time* (TAT) at which the bucket will be
/// full again. Taking `n` tokens moves it by `n × per/permits`, from now if it has passed; the
/// request conforms when it then lies no more than `burst × per/permits` ahead of now. A key owns
/// one cell in each of a few rows, as in an [Estimator], and its TAT is the least of its cells.
///
/// **Invariant.** Every cell of a key is at or after the key's true TAT, so sharing cells makes the
/// limit stricter, never looser. Cells hold the latest TAT that any of their keys needs, not a sum,
/// and a key over its limit moves nothing; so a key suffers only if it meets a busy key in *every*
/// row. (But for one token: who loses a race for a cell to another key has raised its own cells by
/// then.)
///
/// **Why it is exact under races.** A taker picks the row with the least cell, first raises its
/// cells in the other rows to the new TAT, and then moves the least cell by compare-and-set. At the
/// moment that succeeds all cells of the key are at or after its new TAT; so whichever cell the
/// next taker succeeds on, it started from a time not before the true one. Those moments are the
/// order in which takers were served. A taker that loses tries again; another one won.
///
/// **Time** going back makes cells look far ahead. More than a second too far is taken for a clock
/// that jumped, and the cell is moved to the end of a full burst: the key waits that long, not
/// until the clock has caught up.
///
/// **Cost.** `8 × hashes × slots` bytes (256 KiB by default); taking is a reading of the clock, a
/// hash, a read and at most one compare-and-set a row, and allocates nothing. Any thread may call
/// anything.
///
/// **Source.** ITU-T I.371 (2004), annex A: the virtual scheduling algorithm.
///
/// {@snippet :
/// Gcra perClient = Gcra.of(100, Duration.ofSeconds(1), 20);
/// long waitNanos = perClient.take(client, 1);
/// if (waitNanos > 0) { return tooManyRequests(waitNanos); }
/// }
public final class Gcra {
  /// The answer of [#take] to a demand greater than the bucket: no waiting helps.
  public static final long NEVER = Long.MAX_VALUE;

  private static final int HASHES = 4;
  private static final int SLOTS = 8192;

  /// How far ahead of a full burst, in nanoseconds, a cell is still taken for honest.
  private static final long CLOCK_SLACK = 1_000_000_000;

  private final Rows rows;
  private final Refill refill;
  private final LongSupplier nanoClock;
  private final long origin;

  /// TATs in the units of [#refill], counted from [#origin].
  private final AtomicLongArray cells;

  private Gcra(Rows rows, Refill refill, LongSupplier nanoClock) {
    this.rows = rows;
    this.refill = refill;
    this.nanoClock = nanoClock;
    this.origin = nanoClock.getAsLong();
    this.cells = rows.newCells();
  }

  /// {@return buckets of `burst` tokens that refill at `permits` per `per`, in 4 rows of 8,192
  /// slots}
  public static Gcra of(long permits, Duration per, long burst) {
    return of(permits, per, burst, HASHES, SLOTS);
  }

  /// As [#of(long, Duration, long)] with a geometry, see [Estimator#of(int, int)].
  public static Gcra of(long permits, Duration per, long burst, int hashes, int slots) {
    return of(permits, per, burst, hashes, slots, System::nanoTime);
  }

  /// As [#of(long, Duration, long)] with a clock that counts nanoseconds from any origin.
  public static Gcra of(long permits, Duration per, long burst, LongSupplier nanoClock) {
    return of(permits, per, burst, HASHES, SLOTS, nanoClock);
  }

  /// As [#of(long, Duration, long)] with a geometry and a clock.
  public static Gcra of(
      long permits, Duration per, long burst, int hashes, int slots, LongSupplier nanoClock) {
    return of(permits, per, burst, new Rows(hashes, slots, new SecureRandom()), nanoClock);
  }

  static Gcra of(long permits, Duration per, long burst, Rows rows, LongSupplier nanoClock) {
    Refill refill = Refill.of(permits, requireNonNull(per, "per"), burst);
    return new Gcra(rows, refill, requireNonNull(nanoClock, "nanoClock"));
  }

  /// Takes `n` tokens of a key, all or none.
  ///
  /// @return 0 when taken; else the nanoseconds after which they would be there, [#NEVER] when `n`
  ///   exceeds the burst
  public long take(Object key, long n) {
    return take0(rows.hash(requireNonNull(key, "key")), n);
  }

  /// As [#take(Object, long)] for a number, unboxed.
  public long take(long key, long n) {
    return take0(rows.hash(key), n);
  }

  private long take0(long hash, long n) {
    if (n < 0) {
      throw new IllegalArgumentException("n: " + n + " (expected: 0 or more)");
    }
    if (n == 0 || n > refill.burst()) {
      return n == 0 ? 0 : NEVER;
    }
    long cost = refill.cost(n);
    long limit = refill.limit();
    while (true) {
      long now = elapsed();
      int least = rows.cell(hash, 0);
      long arrival = cells.get(least);
      for (int row = 1; row < rows.count(); row++) {
        int cell = rows.cell(hash, row);
        long other = cells.get(cell);
        if (other < arrival) {
          least = cell;
          arrival = other;
        }
      }
      // Not read again: the cell may be another key's by now, while a third is free.
      if (arrival > now + limit + CLOCK_SLACK * refill.unitsPerNano()) {
        lower(hash, now + limit);
        return refill.toNanos(cost);
      }
      long next = Math.max(arrival, now) + cost;
      if (next - now > limit) {
        return refill.toNanos(next - now - limit);
      }
      raiseOthers(hash, least, next);
      if (cells.compareAndSet(least, arrival, next)) {
        return 0;
      }
    }
  }

  /// {@return how many tokens a key could take now}
  public long available(Object key) {
    return available0(rows.hash(requireNonNull(key, "key")));
  }

  /// As [#available(Object)] for a number, unboxed.
  public long available(long key) {
    return available0(rows.hash(key));
  }

  private long available0(long hash) {
    long ahead = Math.max(0, rows.min(cells, hash) - elapsed());
    return ahead >= refill.limit() ? 0 : refill.tokens(refill.limit() - ahead);
  }

  /// Moves the cells of a key to `time` where they are before it, all but one.
  private void raiseOthers(long hash, int except, long time) {
    for (int row = 0; row < rows.count(); row++) {
      int cell = rows.cell(hash, row);
      if (cell != except) {
        long seen = cells.get(cell);
        while (seen < time && !cells.compareAndSet(cell, seen, time)) {
          seen = cells.get(cell);
        }
      }
    }
  }

  /// Moves the cells of a key back to `time` where they are after it.
  private void lower(long hash, long time) {
    for (int row = 0; row < rows.count(); row++) {
      int cell = rows.cell(hash, row);
      long seen = cells.get(cell);
      while (seen > time && !cells.compareAndSet(cell, seen, time)) {
        seen = cells.get(cell);
      }
    }
  }

  /// {@return units since construction, 0 while a clock is behind that}
  private long elapsed() {
    return Math.max(0, nanoClock.getAsLong() - origin) * refill.unitsPerNano();
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.limits;

import static java.util.Objects.requireNonNull;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.random.RandomGenerator;

/// Counts any number of keys in constant memory: a count-min sketch.
///
/// **Idea.** A table has a few rows of counters. A key owns one counter in each row, chosen by that
/// row's hash, and shares it with whoever else lands there. Counting adds to all of the key's
/// counters; the estimate is the least of them, the one that strangers disturbed least.
///
/// **Invariant.** Without [#decr] every counter of a key is at least the key's true count, so an
/// estimate may be too high and is never too low. A limiter built on it may refuse a key too early,
/// once in a long while, and never lets one through too late. With `decr` this still holds as long
/// as nobody takes back more of a key than was put in.
///
/// **Error.** With `slots` = e/ε and `hashes` = ln(1/δ) an estimate exceeds the truth by more than
/// ε × (the sum of all counts) with a probability of at most δ. Four rows of 1,024: by more than
/// 0.27 % of the total with a probability of 1.8 %. The rows' hashes carry secrets drawn for each
/// instance, so a client cannot choose keys that land on a victim's counters; see `KeyHash` for
/// keys other than text, bytes, addresses and numbers.
///
/// **Cost.** `8 × hashes × slots` bytes, whatever the number of keys; an operation is one hash and
/// one atomic addition a row, and allocates nothing. Any thread may call anything.
///
/// **Paper.** Cormode, Muthukrishnan: *An improved data stream summary: the count-min sketch and
/// its applications*, J. Algorithms 55 (2005).
///
/// {@snippet :
/// Estimator seen = Estimator.of(4, 1024);
/// if (seen.incr(clientAddress, 1) > 100) { ... }
/// }
public final class Estimator {
  private final Rows rows;

  /// Replaced, never cleared, by [#reset]: an addition that raced it lands in the table thrown
  /// away.
  private volatile AtomicLongArray cells;

  private Estimator(Rows rows) {
    this.rows = rows;
    this.cells = rows.newCells();
  }

  /// {@return an estimator of `hashes` rows (1..16) of `slots` counters (1..16,777,216) each}
  public static Estimator of(int hashes, int slots) {
    return of(hashes, slots, new SecureRandom());
  }

  /// As [#of(int, int)] with the secrets taken from a generator.
  static Estimator of(int hashes, int slots, RandomGenerator random) {
    return new Estimator(new Rows(hashes, slots, random));
  }

  /// Adds `n` to a key.
  ///
  /// One call adds 2⁵³ at most, and an estimate stays at 2⁶² once there.
  ///
  /// @return the new estimate
  public long incr(Object key, long n) {
    return add(hash(key), Rows.step(n));
  }

  /// As [#incr(Object, long)] for a number, unboxed.
  public long incr(long key, long n) {
    return add(hash(key), Rows.step(n));
  }

  /// Takes back `n` that [#incr] added before.
  ///
  /// @return the new estimate
  public long decr(Object key, long n) {
    return add(hash(key), -Rows.step(n));
  }

  /// As [#decr(Object, long)] for a number, unboxed.
  public long decr(long key, long n) {
    return add(hash(key), -Rows.step(n));
  }

  /// {@return the estimate of a key}
  public long get(Object key) {
    return get0(hash(key));
  }

  /// As [#get(Object)] for a number, unboxed.
  public long get(long key) {
    return get0(hash(key));
  }

  /// Sets every count to zero, at once for all keys: an operation that runs meanwhile belongs
  /// wholly before or wholly after. Allocates a table.
  public void reset() {
    cells = rows.newCells();
  }

  long hash(Object key) {
    return rows.hash(requireNonNull(key, "key"));
  }

  long hash(long key) {
    return rows.hash(key);
  }

  long add(long hash, long delta) {
    return rows.add(cells, hash, delta);
  }

  /// As [Rows#tryAdd].
  boolean tryAdd(long hash, long delta) {
    return rows.tryAdd(cells, hash, delta);
  }

  /// As [Rows#subtract].
  void subtract(long hash, long delta) {
    rows.subtract(cells, hash, delta);
  }

  long get0(long hash) {
    return rows.min(cells, hash);
  }
}

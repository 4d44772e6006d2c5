// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.limits;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.random.RandomGenerator;

/// The geometry of a sketch: which cells of a table belong to a key, one in each row.
///
/// A table is one flat array of `hashes` rows of `slots` cells. A row multiplies the key's hash by
/// a secret odd number of its own and scales the upper half to the row's width (multiply-shift
/// hashing, Dietzfelbinger et al. 1997), so two keys that meet in one row meet in the next only by
/// a fresh accident. Immutable; the tables are passed in, because [Rate] changes them while the
/// geometry stays.
final class Rows {
  /// Rows of a table at most: each further one costs an atomic addition and divides the error by e.
  static final int MAX_HASHES = 16;

  /// Cells of a row at most: 128 MiB a row.
  static final int MAX_SLOTS = 1 << 24;

  /// The largest step in one call; a greater one counts as this much.
  static final long MAX_STEP = 1L << 53;

  /// Where a cell stops. Twice this overflows, and only after 512 threads each added [#MAX_STEP] at
  /// the same instant, so a count never wraps to a small or negative one.
  static final long MAX_COUNT = 1L << 62;

  private final KeyHash keyHash;
  private final long[] multipliers;
  private final int slots;

  Rows(int hashes, int slots, RandomGenerator random) {
    require("hashes", hashes, MAX_HASHES);
    require("slots", slots, MAX_SLOTS);
    keyHash = new KeyHash(random);
    multipliers = new long[hashes];
    for (int row = 0; row < hashes; row++) {
      multipliers[row] = random.nextLong() | 1;
    }
    this.slots = slots;
  }

  private static void require(String name, int value, int max) {
    if (value < 1 || value > max) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: 1.." + max + ")");
    }
  }

  int count() {
    return multipliers.length;
  }

  AtomicLongArray newCells() {
    return new AtomicLongArray(multipliers.length * slots);
  }

  long hash(Object key) {
    return keyHash.of(key);
  }

  long hash(long key) {
    return keyHash.of(key);
  }

  /// {@return the cell of a key in a row: rows never share one}
  int cell(long hash, int row) {
    long upperHalf = (hash * multipliers[row]) >>> 32;
    return row * slots + (int) ((upperHalf * slots) >>> 32);
  }

  /// Adds to every cell of a key and reads them afterwards.
  ///
  /// The sums that the additions themselves give do not do: of threads that race, each may come
  /// first in some row, and all would be told 1. A cell read after the last addition holds all
  /// additions that were complete by then, so of racing additions of 1 the k-th to complete is told
  /// k or more.
  ///
  /// @return the least cell of the key
  long add(AtomicLongArray cells, long hash, long delta) {
    for (int row = 0; row < multipliers.length; row++) {
      int cell = cell(hash, row);
      long sum = cells.getAndAdd(cell, delta) + delta;
      if (sum > MAX_COUNT || sum < -MAX_COUNT) {
        cells.set(cell, sum > 0 ? MAX_COUNT : -MAX_COUNT);
      }
    }
    return min(cells, hash);
  }

  /// Adds to every cell of a key, or to none: where one would pass [#MAX_COUNT] all is taken back,
  /// so that what was added can be subtracted again to the last unit.
  ///
  /// @return whether it was added
  boolean tryAdd(AtomicLongArray cells, long hash, long delta) {
    for (int row = 0; row < multipliers.length; row++) {
      if (cells.addAndGet(cell(hash, row), delta) > MAX_COUNT) {
        for (; row >= 0; row--) {
          cells.addAndGet(cell(hash, row), -delta);
        }
        return false;
      }
    }
    return true;
  }

  /// Takes back what [#tryAdd] added.
  void subtract(AtomicLongArray cells, long hash, long delta) {
    for (int row = 0; row < multipliers.length; row++) {
      cells.addAndGet(cell(hash, row), -delta);
    }
  }

  /// {@return the least cell of a key}
  long min(AtomicLongArray cells, long hash) {
    long least = Long.MAX_VALUE;
    for (int row = 0; row < multipliers.length; row++) {
      least = Math.min(least, cells.get(cell(hash, row)));
    }
    return least;
  }

  /// {@return a step of an addition, cut to what a cell can take}
  static long step(long n) {
    if (n < 0) {
      throw new IllegalArgumentException("n: " + n + " (expected: 0 or more)");
    }
    return Math.min(n, MAX_STEP);
  }
}

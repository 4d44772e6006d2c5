// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A backend by a look into a table that every proxy with the same set fills alike.
///
/// **Idea.** Each backend has an order of its own, a permutation, in which it would like the slots
/// of the table. They take turns; whose turn it is takes the first free slot in its order. Heavier
/// backends take more turns.
///
/// **Invariant.** Of equal weights no two backends differ by more than one slot: no other
/// consistent hash is as even. The table is a pure function of the set, whatever its order. When a
/// backend goes, few slots of others change with those it had; not none, as on a ring.
///
/// **Cost.** A selection is one hash and one read. A table has the smallest of a few primes with
/// 100 slots a backend, at most 131,071: two bytes a slot. An update sorts the ids and fills the
/// table of `N` slots again, in about `N · ln N` steps.
///
/// **Paper.** Eisenbud et al., *Maglev: a fast and reliable software network load balancer*, NSDI
/// 2016, §3.4.
public final class Maglev implements Selection {
  /// Primes. The largest has 13 slots for each of 10,000 backends, and is filled in milliseconds.
  private static final int[] SIZES = {1_021, 8_191, 65_537, 131_071};

  private static final int SLOTS_PER_BACKEND = 100;

  private static final char FREE = Character.MAX_VALUE;

  private final Backend[] backends;

  /// Indices of backends, unsigned: a set has no more than fit.
  private final char[] table;

  private Maglev(Backend[] backends, char[] table) {
    this.backends = backends;
    this.table = table;
  }

  /// {@return a selection of these backends; those of weight 0 are never picked}
  ///
  /// @param previous of no use here: the table must not depend on history
  public static Maglev of(List<Backend> backends, @Nullable Maglev previous) {
    Backend[] willing = inTurn(Weighted.willing(backends));
    return new Maglev(willing, willing.length == 0 ? new char[0] : table(willing));
  }

  /// {@return backends in the order of their turns, that of their ids} These are well mixed, so the
  /// high bits put nearly all into their places, and who shares a place is sorted by comparing.
  private static Backend[] inTurn(Backend[] backends) {
    int n = backends.length;
    int[] ends = new int[n + 1];
    for (Backend backend : backends) {
      ends[place(backend, n) + 1]++;
    }
    for (int i = 0; i < n; i++) {
      ends[i + 1] += ends[i];
    }
    Backend[] sorted = new Backend[n];
    for (Backend backend : backends) {
      sorted[ends[place(backend, n)]++] = backend;
    }
    for (int i = 0, from = 0; i < n; from = ends[i++]) {
      if (ends[i] - from > 1) {
        Arrays.sort(sorted, from, ends[i], Comparator.comparingLong(Backend::id));
      }
    }
    return sorted;
  }

  /// Negative ids come first.
  private static int place(Backend backend, int n) {
    return HashKeys.reduce(backend.id() ^ Long.MIN_VALUE, n);
  }

  private static int size(int backends) {
    for (int size : SIZES) {
      if (size >= (long) backends * SLOTS_PER_BACKEND) {
        return size;
      }
    }
    return SIZES[SIZES.length - 1];
  }

  private static char[] table(Backend[] backends) {
    int size = size(backends.length);
    char[] table = new char[size];
    int[] at = new int[backends.length];
    int[] step = new int[backends.length];
    int[] weights = new int[backends.length];
    for (int i = 0; i < backends.length; i++) {
      at[i] = HashKeys.reduce(backends[i].id(), size);
      step[i] = 1 + HashKeys.reduce(HashKeys.mix(backends[i].id()), size - 1) - size;
      weights[i] = backends[i].weight();
    }
    fill(table, weights, at, step);
    return table;
  }

  /// In each round a backend earns its weight and pays the heaviest weight for a turn.
  ///
  /// @param at where each backend goes on in its permutation
  /// @param step to the next slot there, less the size
  private static void fill(char[] table, int[] weights, int[] at, int[] step) {
    Arrays.fill(table, FREE);
    int heaviest = Arrays.stream(weights).max().orElseThrow();
    int[] earned = new int[weights.length];
    int left = table.length;
    while (left > 0) {
      for (int i = 0; i < weights.length && left > 0; i++) {
        earned[i] += weights[i];
        if (earned[i] >= heaviest) {
          earned[i] -= heaviest;
          int slot = at[i];
          while (table[slot] != FREE) {
            slot = next(slot, step[i], table.length);
          }
          table[slot] = (char) i;
          at[i] = next(slot, step[i], table.length);
          left--;
        }
      }
    }
  }

  /// An update spends its time here, a million times. Without a branch: it would be guessed
  /// wrongly.
  private static int next(int slot, int step, int size) {
    int next = slot + step;
    return next + (next >> 31 & size);
  }

  @Override
  public @Nullable Backend first(Object key) {
    return table.length == 0 ? null : at(HashKeys.hash(key));
  }

  private Backend at(long hash) {
    return backends[table[HashKeys.reduce(hash, table.length)]];
  }

  /// Hashes the hash: a key's second choice is random, and its own for good.
  @Override
  public Iterator<Backend> further(Object key) {
    if (table.length == 0) {
      return Collections.emptyIterator();
    }
    long[] hash = {HashKeys.hash(key)};
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return true;
      }

      @Override
      public Backend next() {
        hash[0] = HashKeys.mix(hash[0]);
        return at(hash[0]);
      }
    };
  }

  // --- for tests ---

  int slots() {
    return table.length;
  }

  Backend owner(int slot) {
    return backends[table[slot]];
  }
}

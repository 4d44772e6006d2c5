// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import java.util.Iterator;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Of two backends at random the one with fewer attempts under way.
///
/// **Idea.** One random choice leaves the fullest of n servers with about log n/log log n more than
/// the average; a choice between two with about log log n. And unlike the least of all, two proxies
/// rarely fall upon the same backend at once.
///
/// **Invariant.** The two are drawn by weight and are not the same; the one picked has no more
/// attempts for its weight than the other, as far as the counts that were read go. One that takes
/// no work loses against one that does.
///
/// **Cost.** One random number, two reads of each backend, no lock and no write.
///
/// **Paper.** Mitzenmacher, *The power of two choices in randomized load balancing*, IEEE TPDS 12
/// (2001).
public final class PowerOfTwo implements Selection {
  private final AliasTable table;
  private final RandomGenerator random;

  private PowerOfTwo(AliasTable table, RandomGenerator random) {
    this.table = table;
    this.random = random;
  }

  /// {@return a selection of these backends; those of weight 0 are never picked}
  ///
  /// @param previous of no use here
  public static PowerOfTwo of(List<Backend> backends, @Nullable PowerOfTwo previous) {
    return new PowerOfTwo(AliasTable.of(backends), SharedRandom.INSTANCE);
  }

  /// {@return selections that throw these dice} For any thread.
  public static Selection.Factory<PowerOfTwo> by(RandomGenerator random) {
    return (backends, _) -> new PowerOfTwo(AliasTable.of(backends), random);
  }

  @Override
  public @Nullable Backend first(Object key) {
    if (table.isEmpty()) {
      return null;
    }
    long bits = random.nextLong();
    Backend one = table.pick(bits);
    Backend other = table.pickOther(bits);
    if (one.isReady() != other.isReady()) {
      return one.isReady() ? one : other;
    }
    return LeastRequests.isLess(other, one) ? other : one;
  }

  @Override
  public Iterator<Backend> further(Object key) {
    return Again.of(this, key);
  }
}

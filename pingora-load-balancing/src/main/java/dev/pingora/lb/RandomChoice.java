// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import java.util.Iterator;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A backend at random, by weight (Pingora's `Random`).
///
/// **Idea.** Walker's alias method: one column for each backend holds two of them, itself and one
/// that is heavy, and where the border lies. One random number picks the column, and which of the
/// two.
///
/// **Invariant.** A backend is picked with probability weight/total, independent of all other
/// picks, to within 2^-31. If it takes no work the dice are thrown again, so the others share by
/// weight.
///
/// **Cost.** One random number and two array reads, whatever the weights; no atomic operation.
///
/// **Paper.** Vose, *A linear algorithm for generating random numbers with a given distribution*,
/// IEEE TSE 17 (1991).
public final class RandomChoice implements Selection {
  private final AliasTable table;
  private final RandomGenerator random;

  private RandomChoice(AliasTable table, RandomGenerator random) {
    this.table = table;
    this.random = random;
  }

  /// {@return a selection of these backends; those of weight 0 are never picked}
  ///
  /// @param previous of no use here
  public static RandomChoice of(List<Backend> backends, @Nullable RandomChoice previous) {
    return new RandomChoice(AliasTable.of(backends), SharedRandom.INSTANCE);
  }

  /// {@return selections that throw these dice} For any thread.
  public static Selection.Factory<RandomChoice> by(RandomGenerator random) {
    return (backends, _) -> new RandomChoice(AliasTable.of(backends), random);
  }

  @Override
  public @Nullable Backend first(Object key) {
    return table.isEmpty() ? null : table.pick(random.nextLong());
  }

  @Override
  public Iterator<Backend> further(Object key) {
    return Again.of(this, key);
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import java.util.Iterator;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Of two backends at random the one that is likely to answer first.
///
/// **Idea.** The cost of a backend is its recent response time ([Latency]: quick to believe that it
/// got slow, slow to forget) times the attempts under way there and the one to come. So a backend
/// that slows down loses work before anything fails. A failure counts as a slow response, so that
/// failing fast does not attract work.
///
/// **Invariant.** The two are drawn by weight and are not the same; the one picked costs no more,
/// as far as what was read goes. A backend that has never answered costs nothing for its first
/// attempt and a lot for others at the same time, so it is tried, by one request.
///
/// **Cost.** One random number, three reads and a division for each of the two; no lock, no write.
/// What a response costs is one compare-and-set.
///
/// **Source.** Finagle's peak EWMA, and [PowerOfTwo].
public final class PeakEwma implements Selection {
  /// What a second attempt costs where no response is known yet, in nanoseconds.
  private static final float UNKNOWN = 1e9f;

  private final AliasTable table;
  private final RandomGenerator random;

  private PeakEwma(AliasTable table, RandomGenerator random) {
    this.table = table;
    this.random = random;
  }

  /// {@return a selection of these backends; those of weight 0 are never picked}
  ///
  /// @param previous of no use here: what backends know of themselves survives by itself
  public static PeakEwma of(List<Backend> backends, @Nullable PeakEwma previous) {
    return new PeakEwma(AliasTable.of(backends), SharedRandom.INSTANCE);
  }

  /// {@return selections that throw these dice} For any thread.
  public static Selection.Factory<PeakEwma> by(RandomGenerator random) {
    return (backends, _) -> new PeakEwma(AliasTable.of(backends), random);
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
    return cost(other) < cost(one) ? other : one;
  }

  private static float cost(Backend backend) {
    BackendState state = backend.state();
    if (state == null) {
      return 0;
    }
    int underWay = state.inFlight();
    float latency = state.latency(state.crowd().coarseNow());
    if (latency == 0) {
      return underWay * UNKNOWN;
    }
    return latency * (underWay + 1) / backend.weight();
  }

  @Override
  public Iterator<Backend> further(Object key) {
    return Again.of(this, key);
  }
}

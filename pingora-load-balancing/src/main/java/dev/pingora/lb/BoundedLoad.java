// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Consistent hashing in which nobody gets much more than its share of what is under way.
///
/// **Idea.** As [Ketama], but a backend that has more attempts under way than `factor` times the
/// average is passed over, as if it were gone. So a key that everybody wants overflows to its
/// neighbours on the ring, always the same ones.
///
/// **Invariant.** A backend is picked only while it has fewer than ⌈factor · share · (all under way
/// + 1)⌉ attempts, its share being that of its weight among those that take work. With a factor
///   above 1 there is always one below. Threads that pick at the same moment may exceed it by their
///   number. When load is even, keys go where [Ketama] puts them.
///
/// **Cost.** That of [Ketama], a sum over the counters of the threads, and a step on the ring for
/// each backend that is full, at most [#MAX_STEPS]; beyond, the first one serves.
///
/// **Paper.** Mirrokni, Thorup, Zadimoghaddam, *Consistent hashing with bounded loads*, SODA 2018.
public final class BoundedLoad implements Selection {
  /// How much more than the average one may have.
  public static final double DEFAULT_FACTOR = 1.25;

  static final int MAX_STEPS = 512;

  private final Ketama ring;
  private final double factor;
  private final long totalWeight;

  /// Null where no balancer counts: then nobody is full.
  private final @Nullable Crowd crowd;

  private BoundedLoad(Ketama ring, List<Backend> backends, double factor) {
    this.ring = ring;
    this.factor = factor;
    this.totalWeight = backends.stream().mapToLong(Backend::weight).sum();
    BackendState state = backends.isEmpty() ? null : backends.getFirst().state();
    this.crowd = state == null ? null : state.crowd();
    if (crowd != null) {
      crowd.count();
    }
  }

  /// {@return a selection with a factor of 1.25}
  ///
  /// @param previous whose ring is changed; null for none
  public static BoundedLoad of(List<Backend> backends, @Nullable BoundedLoad previous) {
    return build(backends, previous, DEFAULT_FACTOR);
  }

  /// {@return selections with a factor of their own}
  ///
  /// @param factor above 1; the closer to 1, the more even, and the more keys leave their place
  public static Selection.Factory<BoundedLoad> factor(double factor) {
    if (!(factor > 1 && factor <= 100)) {
      throw new IllegalArgumentException("factor: " + factor + " (expected: above 1, at most 100)");
    }
    return (backends, previous) -> build(backends, previous, factor);
  }

  private static BoundedLoad build(
      List<Backend> backends, @Nullable BoundedLoad previous, double factor) {
    Ketama ring = Ketama.of(backends, previous == null ? null : previous.ring);
    return new BoundedLoad(ring, backends, factor);
  }

  @Override
  public @Nullable Backend first(Object key) {
    Backend first = ring.first(key);
    Crowd all = crowd;
    if (first == null || all == null) {
      return first;
    }
    double room = roomPerWeight(all);
    return hasRoom(first, room) ? first : overflow(first, key, room);
  }

  private Backend overflow(Backend first, Object key, double room) {
    Iterator<Backend> others = ring.further(key);
    for (int step = 0; step < MAX_STEPS && others.hasNext(); step++) {
      Backend other = others.next();
      if (hasRoom(other, room) && other.isReady()) {
        return other;
      }
    }
    return first;
  }

  /// {@return how many attempts a unit of weight may have}
  private double roomPerWeight(Crowd all) {
    int size = Math.max(1, all.size());
    double readyShare = Math.max(1, all.ready()) / (double) size;
    return factor * (all.inFlight() + 1) / (totalWeight * Math.min(1, readyShare));
  }

  private static boolean hasRoom(Backend backend, double room) {
    return backend.inFlight() < Math.ceil(room * backend.weight());
  }

  @Override
  public Iterator<Backend> further(Object key) {
    return ring.further(key);
  }
}

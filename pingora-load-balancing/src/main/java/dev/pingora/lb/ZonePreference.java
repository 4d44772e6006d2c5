// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import static java.util.Objects.requireNonNull;

import java.util.Iterator;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Another selection that prefers backends of the own [Zone], as long as enough of them are well.
///
/// **Idea.** Two selections, one over the own zone and one over the others. While at least 5/7 of
/// the own zone's weight is ready it gets everything; below, what 1.4 times its ready share leaves
/// goes elsewhere, so that those who are left at home get at most 1.4 times their usual work.
///
/// **Invariant.** The share that stays is min(1, 1.4 · ready weight/weight of the zone). Nothing
/// stays where the zone has nobody, nothing leaves where the others have nobody.
///
/// **Cost.** Two reads; dice only while work leaves. The ready weight is counted again when the
/// number of ready backends has changed, and once a second of traffic, by one of the threads.
///
/// **Source.** Envoy's priority levels and their overprovisioning factor.
///
/// @param <S> the selection inside
public final class ZonePreference<S extends Selection> implements Selection {
  private static final double OVERPROVISIONING = 1.4;
  private static final long RECOUNT_NANOS = 1_000_000_000;

  /// What the zone was when it was last counted.
  ///
  /// @param ready ready backends of all zones
  private record Count(double stays, int ready, long when) {}

  private final S home;
  private final S away;
  private final List<Backend> homeBackends;
  private final List<Backend> awayBackends;
  private final RandomGenerator random;
  private volatile Count count;

  private ZonePreference(
      S home,
      S away,
      List<Backend> homeBackends,
      List<Backend> awayBackends,
      RandomGenerator random) {
    this.home = home;
    this.away = away;
    this.homeBackends = homeBackends;
    this.awayBackends = awayBackends;
    this.random = random;
    this.count = new Count(stays(), -1, 0);
  }

  /// {@return selections that prefer a zone}
  ///
  /// @param zone the own one; backends without a [Zone] are elsewhere
  public static <S extends Selection> Selection.Factory<ZonePreference<S>> of(
      String zone, Selection.Factory<S> inside) {
    return of(zone, inside, SharedRandom.INSTANCE);
  }

  /// {@return the same with these dice} For any thread.
  public static <S extends Selection> Selection.Factory<ZonePreference<S>> of(
      String zone, Selection.Factory<S> inside, RandomGenerator random) {
    Zone own = new Zone(requireNonNull(zone, "zone"));
    return (backends, previous) -> {
      List<Backend> home =
          backends.stream().filter(b -> own.equals(b.extension(Zone.class))).toList();
      List<Backend> away =
          backends.stream().filter(b -> !own.equals(b.extension(Zone.class))).toList();
      return new ZonePreference<>(
          inside.build(home, previous == null ? null : previous.home),
          inside.build(away, previous == null ? null : previous.away),
          home,
          away,
          random);
    };
  }

  private double stays() {
    if (homeBackends.isEmpty() || awayBackends.isEmpty()) {
      return homeBackends.isEmpty() ? 0 : 1;
    }
    long all = 0;
    long ready = 0;
    for (Backend backend : homeBackends) {
      all += backend.weight();
      ready += backend.isReady() ? backend.weight() : 0;
    }
    return all == 0 ? 0 : Math.min(1, OVERPROVISIONING * ready / all);
  }

  private double share() {
    Count seen = count;
    BackendState state = homeBackends.isEmpty() ? null : homeBackends.getFirst().state();
    if (state == null) {
      return seen.stays;
    }
    Crowd crowd = state.crowd();
    long now = crowd.coarseNow();
    if (crowd.ready() != seen.ready || now - seen.when > RECOUNT_NANOS || now - seen.when < 0) {
      seen = new Count(stays(), crowd.ready(), now);
      count = seen;
    }
    return seen.stays;
  }

  private boolean isHome() {
    double share = share();
    return share >= 1 || share > 0 && random.nextDouble() < share;
  }

  @Override
  public @Nullable Backend first(Object key) {
    Backend first = isHome() ? home.first(key) : away.first(key);
    if (first == null) {
      return awayBackends.isEmpty() ? home.first(key) : away.first(key);
    }
    return first;
  }

  /// Those of the zone first, as often as it has backends.
  @Override
  public Iterator<Backend> further(Object key) {
    return new Chain(home.further(key), 2 * homeBackends.size(), away.further(key));
  }

  /// A bounded part of one, then the other.
  private static final class Chain implements Iterator<Backend> {
    private final Iterator<Backend> first;
    private final Iterator<Backend> then;
    private int left;

    Chain(Iterator<Backend> first, int bound, Iterator<Backend> then) {
      this.first = first;
      this.left = bound;
      this.then = then;
    }

    @Override
    public boolean hasNext() {
      return left > 0 && first.hasNext() || then.hasNext();
    }

    @Override
    public Backend next() {
      return left-- > 0 && first.hasNext() ? first.next() : then.next();
    }
  }
}

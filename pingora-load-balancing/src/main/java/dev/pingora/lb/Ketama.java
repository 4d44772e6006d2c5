// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import dev.pingora.ketama.Bucket;
import dev.pingora.ketama.Continuum;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A backend by a consistent hash of the key: when the set changes, only the keys of the backends
/// that came or went move (Pingora's `Consistent`).
///
/// **Idea, invariant, paper:** see [Continuum]; with [#of] the ring is nginx's, point for point, so
/// that a fleet may mix them. If a backend takes no work its keys go to the next points of the
/// ring, spread over all others, and come back with it.
///
/// **Cost.** A checksum of the key and two comparisons; an update a pass over the list, and the
/// sectors of the ring in which points come or go. Weights are scaled down where the ring would
/// have more than 4,194,304 points.
public final class Ketama implements Selection {
  private final List<Backend> backends;
  private final Continuum ring;

  private Ketama(List<Backend> backends, Continuum ring) {
    this.backends = backends;
    this.ring = ring;
  }

  /// {@return a selection over nginx's ring: 160 points a unit of weight}
  ///
  /// @param previous whose ring is changed; null builds one anew
  public static Ketama of(List<Backend> backends, @Nullable Ketama previous) {
    return build(backends, previous, Continuum.DEFAULT_POINT_MULTIPLE, false);
  }

  /// {@return selections over compact rings, that do not depend on the order of the backends}
  ///
  /// @param points a unit of weight (1..4,194,304)
  public static Selection.Factory<Ketama> compact(int points) {
    return (backends, previous) -> build(backends, previous, points, true);
  }

  private static Ketama build(
      List<Backend> backends, @Nullable Ketama previous, int points, boolean compact) {
    List<Backend> willing = backends.stream().filter(b -> b.weight() > 0).toList();
    List<Bucket> buckets = buckets(willing, Continuum.MAX_POINTS / points);
    if (previous != null) {
      return new Ketama(willing, previous.ring.with(buckets));
    }
    Continuum ring = compact ? Continuum.compact(buckets, points) : Continuum.of(buckets);
    return new Ketama(willing, ring);
  }

  private static List<Bucket> buckets(List<Backend> backends, int maxWeight) {
    long sum = 0;
    for (Backend backend : backends) {
      sum += backend.weight();
    }
    List<Bucket> buckets = new ArrayList<>(backends.size());
    for (Backend backend : backends) {
      // Room for those that are rounded up to 1.
      long room = Math.max(1, maxWeight - backends.size());
      long weight = sum > maxWeight ? Math.max(1, backend.weight() * room / sum) : backend.weight();
      buckets.add(new Bucket(backend.bareText(), (int) weight));
    }
    return buckets;
  }

  private int position(Object key) {
    return key instanceof String text ? ring.find(text) : ring.find(HashKeys.octets(key));
  }

  @Override
  public @Nullable Backend first(Object key) {
    int position = position(key);
    return position < 0 ? null : backends.get(ring.bucketAt(position));
  }

  @Override
  public Iterator<Backend> further(Object key) {
    int position = position(key);
    return position < 0 ? Collections.emptyIterator() : new Round(position);
  }

  /// From a point on, round the circle for ever.
  private final class Round implements Iterator<Backend> {
    private int position;

    Round(int position) {
      this.position = position;
    }

    @Override
    public boolean hasNext() {
      return true;
    }

    @Override
    public Backend next() {
      position = ring.next(position);
      return backends.get(ring.bucketAt(position));
    }
  }
}

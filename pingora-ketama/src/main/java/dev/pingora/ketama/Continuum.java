// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.ketama;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.stream.IntStream;

/// A continuum: consistent hashing of keys to buckets, point for point the ring of nginx's `hash …
/// consistent`.
///
/// **Idea.** The 2³² values of a checksum form a circle. Each bucket puts points on it, in
/// proportion to its weight, at hashes of its address. A key belongs to the bucket of the first
/// point at or after the key's own hash.
///
/// **Invariant.** A bucket's points depend on its address and weight alone. So a bucket that leaves
/// hands its keys to its neighbours and one that joins takes a share from each, while no key moves
/// between two buckets that stay; in expectation 1/n of the keys move, not all of them as with a
/// modulus. Two points of equal hash count as one: that of the bucket listed first (version 1), or
/// of the lesser address (version 2).
///
/// **Versions.** [#of(List)] is version 1: 160 points a unit of weight, and answers equal to those
/// of nginx, Pingora and memcached clients that speak ketama, so a fleet may mix them. [#compact]
/// is version 2: a number of points of your choice, and a ring that does not depend on the order of
/// the list, so proxies that discover the same servers in different orders agree. Fewer points are
/// less even: with `p` points a bucket, shares deviate by about 1/√p (8 % at 160).
///
/// **Cost.** A point takes six bytes and one to two more for the directory (`Ring`). A search
/// hashes the key and takes two comparisons, whatever the size, and allocates nothing. [#with]
/// replaces buckets in one pass over the points. Immutable: share it between threads, publish a new
/// one to change it.
///
/// **Bounds.** 65,536 buckets, and 4,194,304 points in all: more are refused, whatever the weights.
///
/// **Paper.** Karger et al.: *Consistent hashing and random trees*, STOC 1997; Jones: *libketama*
/// (2007) for the points.
///
/// {@snippet :
/// Continuum ring = Continuum.of(List.of(Bucket.of("10.0.0.1:80"), new Bucket("10.0.0.2:80", 2)));
/// Bucket own = ring.node("/index.html").orElseThrow();
/// }
public final class Continuum {
  /// Points a unit of weight, in version 1 and where nothing else is said.
  public static final int DEFAULT_POINT_MULTIPLE = 160;

  /// The most buckets: their indices fit 16 bits.
  public static final int MAX_BUCKETS = 1 << 16;

  /// The most points of a ring.
  public static final int MAX_POINTS = 1 << 22;

  private final List<Bucket> buckets;
  private final int pointMultiple;
  private final boolean anyOrder;
  private final int[] ranks;
  private final Ring ring;

  private Continuum(
      List<Bucket> buckets, int pointMultiple, boolean anyOrder, int[] ranks, Ring ring) {
    this.buckets = buckets;
    this.pointMultiple = pointMultiple;
    this.anyOrder = anyOrder;
    this.ranks = ranks;
    this.ring = ring;
  }

  /// {@return a ring of version 1, equal to that of nginx}
  ///
  /// @throws IllegalArgumentException when there are too many buckets or points
  public static Continuum of(List<Bucket> buckets) {
    return empty(DEFAULT_POINT_MULTIPLE, false).with(buckets);
  }

  /// {@return a ring of version 2, which does not depend on the order of the list}
  ///
  /// @param pointMultiple points a unit of weight (1..4,194,304)
  /// @throws IllegalArgumentException when there are too many buckets or points
  public static Continuum compact(List<Bucket> buckets, int pointMultiple) {
    if (pointMultiple < 1 || pointMultiple > MAX_POINTS) {
      throw new IllegalArgumentException(
          "pointMultiple: " + pointMultiple + " (expected: 1.." + MAX_POINTS + ")");
    }
    return empty(pointMultiple, true).with(buckets);
  }

  private static Continuum empty(int pointMultiple, boolean anyOrder) {
    Ring none = new Ring(new int[0], new char[0]);
    return new Continuum(List.of(), pointMultiple, anyOrder, new int[0], none);
  }

  /// {@return the ring of the same version for another list of buckets}
  ///
  /// Equal to a ring built anew, but only the points of buckets that are new or changed their
  /// weight are computed: use it to follow discovery.
  ///
  /// @throws IllegalArgumentException when there are too many buckets or points
  public Continuum with(List<Bucket> next) {
    List<Bucket> copy = List.copyOf(next);
    int points = requirePoints(copy);
    int[] newBucket = matchBuckets(copy);
    boolean[] stays = new boolean[copy.size()];
    for (int bucket : newBucket) {
      if (bucket >= 0) {
        stays[bucket] = true;
      }
    }
    int[] newRanks = ranks(copy);
    RingMerge merge = new RingMerge(points, newRanks, isSameOrder(newBucket, newRanks));
    Ring merged = merge.merge(ring, newBucket, newPoints(copy, stays));
    return new Continuum(copy, pointMultiple, anyOrder, newRanks, merged);
  }

  /// {@return whether the buckets that stay rank among each other as before}
  private boolean isSameOrder(int[] newBucket, int[] newRanks) {
    int[] nextRank = new int[newBucket.length];
    for (int bucket = 0; bucket < newBucket.length; bucket++) {
      nextRank[ranks[bucket]] = newBucket[bucket] < 0 ? -1 : newRanks[newBucket[bucket]];
    }
    int last = -1;
    for (int rank : nextRank) {
      if (rank >= 0 && rank < last) {
        return false;
      }
      last = Math.max(last, rank);
    }
    return true;
  }

  private int requirePoints(List<Bucket> next) {
    if (next.size() > MAX_BUCKETS) {
      throw new IllegalArgumentException(
          "buckets: " + next.size() + " (expected: 0.." + MAX_BUCKETS + ")");
    }
    // 65,536 weights of 31 bits fit a long; multiplied they might not.
    long weight = next.stream().mapToLong(Bucket::weight).sum();
    int maxWeight = MAX_POINTS / pointMultiple;
    if (weight > maxWeight) {
      throw new IllegalArgumentException(
          "total weight: " + weight + " (expected: 0.." + maxWeight + ")");
    }
    return (int) weight * pointMultiple;
  }

  /// {@return for each bucket of this ring the index of an equal one in the next list, or -1}
  private int[] matchBuckets(List<Bucket> next) {
    int[] newBucket = new int[buckets.size()];
    Arrays.fill(newBucket, -1);
    // Of equal buckets in new places one is matched; the points of the others are computed again.
    Map<Bucket, Integer> elsewhere = new HashMap<>();
    for (int i = 0; i < next.size(); i++) {
      if (i < newBucket.length && next.get(i).equals(buckets.get(i))) {
        newBucket[i] = i;
      } else {
        elsewhere.putIfAbsent(next.get(i), i);
      }
    }
    for (int i = 0; i < newBucket.length; i++) {
      Integer index = newBucket[i] < 0 ? elsewhere.remove(buckets.get(i)) : null;
      if (index != null) {
        newBucket[i] = index;
      }
    }
    return newBucket;
  }

  private int[] ranks(List<Bucket> next) {
    if (!anyOrder) {
      return IntStream.range(0, next.size()).toArray();
    }
    int[] ranks = new int[next.size()];
    Comparator<Integer> byAddress = Comparator.comparing(bucket -> next.get(bucket).address());
    int[] order = {0};
    IntStream.range(0, ranks.length)
        .boxed()
        .sorted(byAddress)
        .forEachOrdered(bucket -> ranks[bucket] = order[0]++);
    return ranks;
  }

  /// {@return the points of the buckets that do not stay, packed}
  private long[] newPoints(List<Bucket> next, boolean[] stays) {
    int size = 0;
    for (int bucket = 0; bucket < stays.length; bucket++) {
      size += stays[bucket] ? 0 : next.get(bucket).weight() * pointMultiple;
    }
    long[] points = new long[size];
    int at = 0;
    for (int bucket = 0; bucket < stays.length; bucket++) {
      if (!stays[bucket]) {
        PointChain chain = new PointChain(next.get(bucket).address());
        for (int n = next.get(bucket).weight() * pointMultiple; n > 0; n--) {
          points[at++] = RingMerge.pack(chain.next(), bucket);
        }
      }
    }
    return points;
  }

  /// {@return the buckets as they were given}
  public List<Bucket> buckets() {
    return buckets;
  }

  /// {@return how many points the ring has, those of equal hash counted once}
  public int points() {
    return ring.distinct();
  }

  /// {@return the bucket of a key, absent when no bucket has a weight}
  public Optional<Bucket> node(byte[] key) {
    return bucketAtOrNone(find(key));
  }

  /// {@return the bucket of a key, absent when no bucket has a weight}
  ///
  /// The text is hashed in UTF-8.
  public Optional<Bucket> node(String key) {
    return bucketAtOrNone(find(key));
  }

  private Optional<Bucket> bucketAtOrNone(int position) {
    return position < 0 ? Optional.empty() : Optional.of(buckets.get(ring.bucketAt(position)));
  }

  /// {@return the buckets of the points from a key's own on, round the circle without end}
  ///
  /// Buckets come again and again, each as often as it has points. To fail over, skip those that
  /// were tried; [#find], [#bucketAt] and [#next] do the same without objects.
  public Iterator<Bucket> nodes(String key) {
    return new Walk(find(key));
  }

  /// {@return the position of a key's point, -1 when there is none}
  public int find(byte[] key) {
    return ring.find(Crc32.of(requireNonNull(key, "key")));
  }

  /// As [#find(byte\[\])] for a text in UTF-8.
  public int find(String key) {
    return ring.find(Crc32.of(requireNonNull(key, "key")));
  }

  /// {@return the index in [#buckets] of the bucket at a position}
  public int bucketAt(int position) {
    return ring.bucketAt(position);
  }

  /// {@return the position of the point after another, round the circle}
  public int next(int position) {
    return ring.next(position);
  }

  private final class Walk implements Iterator<Bucket> {
    private int position;

    Walk(int position) {
      this.position = position;
    }

    @Override
    public boolean hasNext() {
      return position >= 0;
    }

    @Override
    public Bucket next() {
      if (position < 0) {
        throw new NoSuchElementException("the ring is empty");
      }
      Bucket bucket = buckets.get(ring.bucketAt(position));
      position = ring.next(position);
      return bucket;
    }
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.ketama;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.IntPredicate;
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
/// **Cost.** A point takes six bytes and one to two more for the directory (`Sector`). A search
/// hashes the key and takes two comparisons, whatever the size, and allocates nothing. [#with]
/// makes anew the sectors of the circle with points that come or go, and shares the others with the
/// ring before (`Ring`); lists are compared once. Immutable: share it between threads, publish a
/// new one to change it.
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
  private final Slots slots;
  private final Ring ring;

  private Continuum(
      List<Bucket> buckets, int pointMultiple, boolean anyOrder, Slots slots, Ring ring) {
    this.buckets = buckets;
    this.pointMultiple = pointMultiple;
    this.anyOrder = anyOrder;
    this.slots = slots;
    this.ring = ring;
  }

  /// {@return a ring of version 1, equal to that of nginx}
  ///
  /// @throws IllegalArgumentException when there are too many buckets or points
  public static Continuum of(List<Bucket> buckets) {
    return empty(DEFAULT_POINT_MULTIPLE, false, 1).with(buckets);
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
    return empty(pointMultiple, true, 1).with(buckets);
  }

  private static Continuum empty(int pointMultiple, boolean anyOrder, int ringBits) {
    return new Continuum(List.of(), pointMultiple, anyOrder, Slots.NONE, Ring.empty(ringBits));
  }

  /// {@return the ring of the same version for another list of buckets}
  ///
  /// Equal to a ring built anew, but for the positions, which mean something to their own ring
  /// alone. Only the points of buckets that are new, leave or change their weight are computed, and
  /// only the sectors they are in: use it to follow discovery.
  ///
  /// @throws IllegalArgumentException when there are too many buckets or points
  public Continuum with(List<Bucket> next) {
    List<Bucket> copy = List.copyOf(next);
    int points = requirePoints(copy);
    Continuum from = ring.suits(points) ? this : empty(pointMultiple, anyOrder, Ring.bits(points));
    Continuum changed = from.changed(copy);
    return changed.ring.isOverfull()
        ? empty(pointMultiple, anyOrder, Ring.SAFE_BITS).changed(copy)
        : changed;
  }

  private Continuum changed(List<Bucket> next) {
    int[] before = matches(next);
    Slots nextSlots = slots.next(before);
    boolean[] leaves = slots.leaving(before);
    long[] leaving = points(buckets, slots, i -> leaves[slots.of(i)]);
    long[] added = points(next, nextSlots, i -> before[i] < 0);
    Ring changed = ring.with(leaves, leaving, added, ties(next, nextSlots), isReordered(before));
    return new Continuum(next, pointMultiple, anyOrder, nextSlots, changed);
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

  /// {@return for each bucket of the next list the index of an equal one in this, or -1} What two
  /// lists have in common at both ends is matched without a map: all, where one bucket changes.
  private int[] matches(List<Bucket> next) {
    int[] before = new int[next.size()];
    Arrays.fill(before, -1);
    int shorter = Math.min(next.size(), buckets.size());
    int longer = next.size() - buckets.size();
    int head = 0;
    while (head < shorter && next.get(head).equals(buckets.get(head))) {
      before[head] = head;
      head++;
    }
    int end = next.size();
    while (end - head > Math.max(0, longer)
        && next.get(end - 1).equals(buckets.get(end - 1 - longer))) {
      end--;
      before[end] = end - longer;
    }
    // Of equal buckets one is matched; the points of the others are computed again.
    Map<Bucket, Integer> elsewhere = new HashMap<>();
    for (int i = head; i < end - longer; i++) {
      elsewhere.putIfAbsent(buckets.get(i), i);
    }
    for (int i = head; i < end; i++) {
      Integer index = elsewhere.remove(next.get(i));
      before[i] = index == null ? -1 : index;
    }
    return before;
  }

  /// {@return whether buckets that stay change places with each other}
  private static boolean isReordered(int[] before) {
    int last = -1;
    for (int index : before) {
      if (index >= 0 && index < last) {
        return true;
      }
      last = Math.max(last, index);
    }
    return false;
  }

  /// {@return the order of buckets whose points have the same hash}
  private Sector.TieOrder ties(List<Bucket> next, Slots nextSlots) {
    if (!anyOrder) {
      return (slot, other) -> nextSlots.indexOf(slot) - nextSlots.indexOf(other);
    }
    return (slot, other) -> {
      int index = nextSlots.indexOf(slot);
      int otherIndex = nextSlots.indexOf(other);
      int byAddress = next.get(index).address().compareTo(next.get(otherIndex).address());
      return byAddress == 0 ? index - otherIndex : byAddress;
    };
  }

  /// {@return the points of some of the buckets, packed}
  private long[] points(List<Bucket> all, Slots slotsOfAll, IntPredicate wanted) {
    int[] indices = IntStream.range(0, all.size()).filter(wanted).toArray();
    int size = 0;
    for (int i : indices) {
      size += all.get(i).weight() * pointMultiple;
    }
    long[] points = new long[size];
    int at = 0;
    for (int i : indices) {
      PointChain chain = new PointChain(all.get(i).address());
      for (int n = all.get(i).weight() * pointMultiple; n > 0; n--) {
        points[at++] = Sector.pack(chain.next(), slotsOfAll.of(i));
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
    return position < 0 ? Optional.empty() : Optional.of(buckets.get(bucketAt(position)));
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
    return slots.indexOf(ring.slotAt(position));
  }

  /// {@return the position of the point after another, round the circle}
  public int next(int position) {
    return ring.next(position);
  }

  // --- for tests ---

  int ownSectors(Continuum other) {
    return ring.ownSectors(other.ring);
  }

  int slots() {
    return slots.size();
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
      Bucket bucket = buckets.get(bucketAt(position));
      position = ring.next(position);
      return bucket;
    }
  }
}

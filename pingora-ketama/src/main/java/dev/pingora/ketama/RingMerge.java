// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.ketama;

import java.util.Arrays;

/// Merges new points into those of an older ring that stay.
///
/// **Idea.** Most points stay, so they are copied as the runs between those that come and go, and
/// the directory is moved by how many did. An update of one bucket among 10,000 costs a look at
/// each point's bucket and two copies of memory, and computes and sorts only what is new. Building
/// from nothing is a merge with an empty ring.
///
/// **Invariant.** Points of equal hash lie in the order of their buckets' ranks. Where the ranks of
/// those that stay keep their order, only runs with a new point can be out of it; else all are
/// looked at. Confined to the thread that builds.
final class RingMerge {
  private final int[] rankOfBucket;
  private final boolean sameOrder;
  private final int[] hashes;
  private final char[] buckets;
  private int size;

  /// @param points how many there will be
  /// @param rankOfBucket the order among points of equal hash
  /// @param sameOrder whether the buckets that stay have ranks in the same order as before
  RingMerge(int points, int[] rankOfBucket, boolean sameOrder) {
    this.hashes = new int[points];
    this.buckets = new char[points];
    this.rankOfBucket = rankOfBucket;
    this.sameOrder = sameOrder;
  }

  /// {@return a new point as a number that sorts by hash, unsigned}
  static long pack(int hash, int bucket) {
    return (long) (hash ^ Integer.MIN_VALUE) << 32 | bucket;
  }

  /// @param old the ring whose points may stay
  /// @param newBucket for each bucket of the old ring its index in the new one, -1 when its points
  ///   go
  /// @param added points to add, see [#pack]; sorted here
  Ring merge(Ring old, int[] newBucket, long[] added) {
    Arrays.sort(added);
    int[] leaving = leaving(old, newBucket);
    boolean renumbered = isRenumbered(newBucket);
    int[] addedHashes = new int[added.length];
    int[] places = new int[added.length];
    int from = 0;
    int gone = 0;
    for (int i = 0; i < added.length; i++) {
      int hash = (int) (added[i] >>> 32) ^ Integer.MIN_VALUE;
      int until = old.count(hash);
      while (gone < leaving.length && leaving[gone] < until) {
        copy(old, newBucket, renumbered, from, leaving[gone]);
        from = leaving[gone++] + 1;
      }
      copy(old, newBucket, renumbered, from, until);
      from = Math.max(from, until);
      addedHashes[i] = hash;
      places[i] = size;
      hashes[size] = hash;
      buckets[size++] = (char) added[i];
    }
    for (; gone < leaving.length; gone++) {
      copy(old, newBucket, renumbered, from, leaving[gone]);
      from = leaving[gone] + 1;
    }
    copy(old, newBucket, renumbered, from, old.size());
    orderTies(places);
    return old.moved(hashes, buckets, leaving, addedHashes);
  }

  /// {@return the positions of the points that go}
  private static int[] leaving(Ring old, int[] newBucket) {
    int[] positions = new int[16];
    int count = 0;
    for (int position = 0; position < old.size(); position++) {
      if (newBucket[old.bucketAt(position)] < 0) {
        if (count == positions.length) {
          positions = Arrays.copyOf(positions, 2 * count);
        }
        positions[count++] = position;
      }
    }
    return Arrays.copyOf(positions, count);
  }

  private static boolean isRenumbered(int[] newBucket) {
    for (int bucket = 0; bucket < newBucket.length; bucket++) {
      if (newBucket[bucket] >= 0 && newBucket[bucket] != bucket) {
        return true;
      }
    }
    return false;
  }

  /// Copies points that all stay.
  private void copy(Ring old, int[] newBucket, boolean renumbered, int from, int to) {
    int count = to - from;
    if (count <= 0) {
      return;
    }
    old.copyTo(from, count, hashes, buckets, size);
    if (renumbered) {
      for (int at = size; at < size + count; at++) {
        buckets[at] = (char) newBucket[buckets[at]];
      }
    }
    size += count;
  }

  private void orderTies(int[] places) {
    if (!sameOrder) {
      for (int at = 1; at < hashes.length; at++) {
        if (hashes[at] == hashes[at - 1]) {
          sinkByRank(at);
        }
      }
      return;
    }
    for (int place : places) {
      // A new point lies before older ones of its hash: each of those may belong before it.
      sinkByRank(place);
      for (int at = place + 1; at < hashes.length && hashes[at] == hashes[place]; at++) {
        sinkByRank(at);
      }
    }
  }

  /// Moves a point before those of its hash that rank behind it.
  private void sinkByRank(int from) {
    char bucket = buckets[from];
    int at = from;
    while (at > 0
        && hashes[at - 1] == hashes[from]
        && rankOfBucket[bucket] < rankOfBucket[buckets[at - 1]]) {
      buckets[at] = buckets[at - 1];
      at--;
    }
    buckets[at] = bucket;
  }
}

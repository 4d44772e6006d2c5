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
  private long looks;

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
    int done = 0;
    if (sameOrder) {
      for (int place : places) {
        // A new point lies before older ones of its hash, so it is the first of them.
        done = place < done ? done : orderTie(place);
      }
    } else {
      while (done < hashes.length) {
        done = orderTie(done);
      }
    }
  }

  /// Orders the points of one hash by their ranks. Each is looked at once, and sorted only where
  /// out of order, so that servers listed thousands of times do not cost their number squared.
  ///
  /// @param from the first of them
  /// @return the position after the last
  private int orderTie(int from) {
    boolean ordered = true;
    int to = from + 1;
    while (to < hashes.length && hashes[to] == hashes[from]) {
      ordered &= rankOfBucket[buckets[to - 1]] <= rankOfBucket[buckets[to]];
      to++;
    }
    looks += to - from;
    if (!ordered) {
      sortByRank(from, to);
    }
    return to;
  }

  private void sortByRank(int from, int to) {
    long[] ranked = new long[to - from];
    for (int at = from; at < to; at++) {
      ranked[at - from] = (long) rankOfBucket[buckets[at]] << Character.SIZE | buckets[at];
    }
    Arrays.sort(ranked);
    for (int at = from; at < to; at++) {
      buckets[at] = (char) ranked[at - from];
    }
  }

  /// {@return how many points were looked at for ties, to test that it is linear}
  long looks() {
    return looks;
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.ketama;

import java.util.Arrays;

/// Merges new points into those of an older ring that stay.
///
/// An update costs one pass over the ring, without a branch that depends on the points, but
/// computes and sorts only what is new. Building from nothing is a merge with an empty ring.
///
/// Points of equal hash lie in the order of their buckets' ranks. Those that stay may have changed
/// ranks, so ties are put in order at the end; they are rare. Confined to the thread that builds.
final class RingMerge {
  private final int[] rankOfBucket;
  private final int[] hashes;
  private final char[] buckets;
  private int size;

  /// @param points how many there will be
  /// @param rankOfBucket the order among points of equal hash
  RingMerge(int points, int[] rankOfBucket) {
    this.hashes = new int[points];
    this.buckets = new char[points];
    this.rankOfBucket = rankOfBucket;
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
    int copied = 0;
    for (long packed : added) {
      int hash = (int) (packed >>> 32) ^ Integer.MIN_VALUE;
      int until = old.count(hash);
      copy(old, newBucket, copied, until);
      copied = until;
      hashes[size] = hash;
      buckets[size++] = (char) packed;
    }
    copy(old, newBucket, copied, old.size());
    orderTies();
    return new Ring(hashes, buckets);
  }

  private void copy(Ring old, int[] newBucket, int from, int to) {
    int at = size;
    // The last point that stays may be followed by some that go, for which there is no room.
    for (int position = from; position < to && at < hashes.length; position++) {
      int bucket = newBucket[old.bucketAt(position)];
      hashes[at] = old.hashAt(position);
      buckets[at] = (char) bucket;
      at += ~bucket >>> 31;
    }
    size = at;
  }

  private void orderTies() {
    for (int at = 1; at < hashes.length; at++) {
      if (hashes[at] == hashes[at - 1]) {
        sinkByRank(at);
      }
    }
  }

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

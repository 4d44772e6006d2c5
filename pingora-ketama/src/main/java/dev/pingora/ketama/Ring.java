// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.ketama;

import java.util.Arrays;

/// Points in the order of their hashes, and the search among them.
///
/// A point takes six bytes: its hash, and the index of its bucket as an unsigned 16-bit number.
/// Beside them lies a directory that cuts the circle into a power of two of equal arcs and holds
/// where each begins. Hashes are spread evenly, so an arc holds two to four points and a search is
/// one look into the directory and two comparisons, where bisecting 160,000 points takes seventeen.
/// Should hashes ever cluster, bisecting within the arc keeps the cost logarithmic.
///
/// Points of equal hash all stay, the one that counts first: taking away its bucket uncovers the
/// next. Immutable.
final class Ring {
  private final int[] hashes;
  private final char[] buckets;
  private final int[] arcStarts;
  private final int shift;

  /// Takes points in ascending unsigned order of their hashes.
  Ring(int[] hashes, char[] buckets) {
    this.hashes = hashes;
    this.buckets = buckets;
    this.shift = shift(hashes.length);
    this.arcStarts = arcStarts(1 << 32 - shift);
  }

  private Ring(int[] hashes, char[] buckets, int[] arcStarts) {
    this.hashes = hashes;
    this.buckets = buckets;
    this.shift = shift(hashes.length);
    this.arcStarts = arcStarts;
  }

  private static int shift(int points) {
    // At least one bit: a shift of 32 would be one of 0.
    return 32 - Math.max(1, 30 - Integer.numberOfLeadingZeros(Math.max(1, points)));
  }

  /// {@return a ring of points that differ from these by few}
  ///
  /// @param newHashes and `newBuckets`, in order
  /// @param leaving ascending positions of these that are not among them
  /// @param added ascending hashes of those that are new
  Ring moved(int[] newHashes, char[] newBuckets, int[] leaving, int[] added) {
    if (shift(newHashes.length) != shift) {
      return new Ring(newHashes, newBuckets);
    }
    int[] starts = new int[arcStarts.length];
    int gone = 0;
    int come = 0;
    for (int arc = 0; arc < starts.length; arc++) {
      while (gone < leaving.length && leaving[gone] < arcStarts[arc]) {
        gone++;
      }
      while (come < added.length && added[come] >>> shift < arc) {
        come++;
      }
      starts[arc] = arcStarts[arc] - gone + come;
    }
    return new Ring(newHashes, newBuckets, starts);
  }

  /// Copies points from a position on to `at` of other arrays.
  void copyTo(int from, int count, int[] intoHashes, char[] intoBuckets, int at) {
    System.arraycopy(hashes, from, intoHashes, at, count);
    System.arraycopy(buckets, from, intoBuckets, at, count);
  }

  private int[] arcStarts(int arcs) {
    int[] starts = new int[arcs + 1];
    Arrays.fill(starts, hashes.length);
    for (int position = hashes.length - 1; position >= 0; position--) {
      starts[hashes[position] >>> shift] = position;
    }
    // An arc without points begins where the one after it does.
    for (int arc = arcs - 1; arc >= 0; arc--) {
      starts[arc] = Math.min(starts[arc], starts[arc + 1]);
    }
    return starts;
  }

  int size() {
    return hashes.length;
  }

  int hashAt(int position) {
    return hashes[position];
  }

  int bucketAt(int position) {
    return buckets[position];
  }

  /// {@return the position of the first point at or after a hash, round the circle; -1 when empty}
  int find(int hash) {
    int position = count(hash);
    if (position < hashes.length) {
      return position;
    }
    return hashes.length == 0 ? -1 : 0;
  }

  /// {@return how many points lie before a hash}
  int count(int hash) {
    int arc = hash >>> shift;
    int low = arcStarts[arc];
    int high = arcStarts[arc + 1];
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Integer.compareUnsigned(hashes[middle], hash) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// {@return the position of the next point that counts, round the circle}
  int next(int position) {
    int next = position + 1;
    while (next < hashes.length && hashes[next] == hashes[next - 1]) {
      next++;
    }
    return next < hashes.length ? next : 0;
  }

  /// {@return how many points count}
  int distinct() {
    int distinct = 0;
    for (int position = 0; position < hashes.length; position++) {
      distinct += position == 0 || hashes[position] != hashes[position - 1] ? 1 : 0;
    }
    return distinct;
  }
}

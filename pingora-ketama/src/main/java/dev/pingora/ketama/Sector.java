// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.ketama;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// The points of one sector of the circle in the order of their hashes, and the search among them.
///
/// A point takes six bytes: its hash, and the slot of its bucket as an unsigned 16-bit number.
/// Beside them lies a directory that cuts the sector into a power of two of equal arcs and holds
/// where each begins. Hashes are spread evenly, so an arc holds two to four points and a search is
/// one look into the directory and two comparisons, where bisecting the whole ring takes seventeen
/// or more. Should hashes ever cluster, bisecting within the arc keeps the cost logarithmic.
///
/// Points of equal hash all stay, the one that counts first: taking away its bucket uncovers the
/// next. Immutable.
final class Sector {
  static final Sector EMPTY = new Sector(new int[0], new char[0], 1);

  private final int[] hashes;
  private final char[] slots;
  private final int[] arcStarts;
  private final int shift;
  private final int distinct;

  /// Who counts among points of equal hash.
  @FunctionalInterface
  interface TieOrder {
    /// {@return below zero when the bucket of a slot comes before that of another}
    int compare(int slot, int other);
  }

  /// Takes points in ascending unsigned order of their hashes.
  ///
  /// @param ringBits how many leading bits all hashes of the sector have in common (1..31)
  Sector(int[] hashes, char[] slots, int ringBits) {
    this.hashes = hashes;
    this.slots = slots;
    int arcBits = Math.max(0, 30 - Integer.numberOfLeadingZeros(Math.max(1, hashes.length)));
    this.shift = Math.max(0, 32 - ringBits - arcBits);
    this.arcStarts = arcStarts(1 << 32 - ringBits - shift);
    this.distinct = countDistinct();
  }

  /// The same points, those of equal hash in another order.
  private Sector(Sector other, char[] slots) {
    this.hashes = other.hashes;
    this.slots = slots;
    this.shift = other.shift;
    this.arcStarts = other.arcStarts;
    this.distinct = other.distinct;
  }

  private int[] arcStarts(int arcs) {
    int[] starts = new int[arcs + 1];
    Arrays.fill(starts, hashes.length);
    for (int at = hashes.length - 1; at >= 0; at--) {
      starts[hashes[at] >>> shift & arcs - 1] = at;
    }
    // An arc without points begins where the one after it does.
    for (int arc = arcs - 1; arc >= 0; arc--) {
      starts[arc] = Math.min(starts[arc], starts[arc + 1]);
    }
    return starts;
  }

  private int countDistinct() {
    int count = Math.min(1, hashes.length);
    for (int at = 1; at < hashes.length; at++) {
      count += hashes[at] != hashes[at - 1] ? 1 : 0;
    }
    return count;
  }

  int size() {
    return hashes.length;
  }

  /// {@return how many points count}
  int distinct() {
    return distinct;
  }

  int hashAt(int at) {
    return hashes[at];
  }

  int slotAt(int at) {
    return slots[at];
  }

  /// {@return how many points lie before a hash of this sector}
  int count(int hash) {
    int arc = hash >>> shift & arcStarts.length - 2;
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

  /// {@return where the next point is that counts, [#size] when there is none}
  int next(int at) {
    int next = at + 1;
    while (next < hashes.length && hashes[next] == hashes[next - 1]) {
      next++;
    }
    return next;
  }

  // --- changes ---

  /// {@return a new point as a number that sorts by hash, unsigned, and then by slot}
  static long pack(int hash, int slot) {
    return (long) (hash ^ Integer.MIN_VALUE) << 32 | slot;
  }

  /// {@return the hash of a packed point}
  static int hash(long packed) {
    return (int) (packed >>> 32) ^ Integer.MIN_VALUE;
  }

  /// {@return a sector of other points: the slots that leave are out, the new points are in} Those
  /// of equal hash are in any order, see [#ordered].
  ///
  /// @param added new points, sorted, of which those from `from` to `to` are for this sector
  Sector with(boolean[] leaves, long[] added, int from, int to, int ringBits) {
    int[] nextHashes = new int[hashes.length + to - from];
    char[] nextSlots = new char[nextHashes.length];
    int size = 0;
    int next = from;
    for (int at = 0; at < hashes.length; at++) {
      for (; next < to && Integer.compareUnsigned(hash(added[next]), hashes[at]) <= 0; next++) {
        nextHashes[size] = hash(added[next]);
        nextSlots[size++] = (char) added[next];
      }
      if (!leaves[slots[at]]) {
        nextHashes[size] = hashes[at];
        nextSlots[size++] = slots[at];
      }
    }
    for (; next < to; next++) {
      nextHashes[size] = hash(added[next]);
      nextSlots[size++] = (char) added[next];
    }
    return new Sector(Arrays.copyOf(nextHashes, size), Arrays.copyOf(nextSlots, size), ringBits);
  }

  /// {@return this sector, its points of equal hash in order} Where there are none it costs
  /// nothing, and only those out of order are sorted, so that servers listed thousands of times do
  /// not cost their number squared.
  Sector ordered(TieOrder order) {
    if (distinct == hashes.length) {
      return this;
    }
    char[] sorted = null;
    int to;
    for (int from = 0; from < hashes.length; from = to) {
      to = next(from);
      if (!isOrdered(from, to, order)) {
        sorted = sorted == null ? slots.clone() : sorted;
        sortTie(sorted, from, to, order);
      }
    }
    return sorted == null ? this : new Sector(this, sorted);
  }

  private boolean isOrdered(int from, int to, TieOrder order) {
    for (int at = from + 1; at < to; at++) {
      if (order.compare(slots[at - 1], slots[at]) > 0) {
        return false;
      }
    }
    return true;
  }

  private static void sortTie(char[] slots, int from, int to, TieOrder order) {
    List<Integer> tie =
        IntStream.range(from, to).mapToObj(at -> (int) slots[at]).sorted(order::compare).toList();
    for (int at = from; at < to; at++) {
      slots[at] = (char) tie.get(at - from).intValue();
    }
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.ketama;

import java.util.Arrays;
import java.util.BitSet;

/// The numbers by which points know their buckets.
///
/// A bucket keeps its slot from ring to ring, wherever it stands in the list, so that points need
/// not be numbered again when a bucket before theirs comes or goes. A new bucket takes the lowest
/// slot that is free: there are never more slots than there were buckets at once. Immutable.
final class Slots {
  static final Slots NONE = new Slots(new char[0], new char[0]);

  /// By the index of a bucket.
  private final char[] slotOf;

  /// By slot; of those that are free it means nothing.
  private final char[] indexOf;

  private Slots(char[] slotOf, char[] indexOf) {
    this.slotOf = slotOf;
    this.indexOf = indexOf;
  }

  /// {@return the slot of a bucket}
  int of(int index) {
    return slotOf[index];
  }

  /// {@return the index of the bucket that has a slot}
  int indexOf(int slot) {
    return indexOf[slot];
  }

  /// {@return how many slots there are, free ones included}
  int size() {
    return indexOf.length;
  }

  /// {@return by slot, whether its bucket is not among those that stay}
  ///
  /// @param before see [#next]
  boolean[] leaving(int[] before) {
    boolean[] leaves = new boolean[indexOf.length];
    Arrays.fill(leaves, true); // free slots may: no point has them
    for (int index : before) {
      if (index >= 0) {
        leaves[slotOf[index]] = false;
      }
    }
    return leaves;
  }

  /// {@return the slots of the next list}
  ///
  /// @param before for each bucket of the next list its index in this one, -1 when it is new
  Slots next(int[] before) {
    BitSet taken = new BitSet(indexOf.length);
    char[] next = new char[before.length];
    for (int i = 0; i < next.length; i++) {
      if (before[i] >= 0) {
        next[i] = slotOf[before[i]];
        taken.set(next[i]);
      }
    }
    int free = 0;
    for (int i = 0; i < next.length; i++) {
      if (before[i] < 0) {
        free = taken.nextClearBit(free);
        next[i] = (char) free++;
      }
    }
    return new Slots(next, inverse(next));
  }

  private static char[] inverse(char[] slotOf) {
    int highest = -1;
    for (char slot : slotOf) {
      highest = Math.max(highest, slot);
    }
    char[] indexOf = new char[highest + 1];
    for (int i = 0; i < slotOf.length; i++) {
      indexOf[slotOf[i]] = (char) i;
    }
    return indexOf;
  }
}

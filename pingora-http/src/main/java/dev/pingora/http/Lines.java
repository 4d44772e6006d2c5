// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// Work on all lines of a [Fields] at once: measuring, writing, gathering what is still in use.
final class Lines {
  private Lines() {}

  /// How many octets the lines have.
  static int encodedLength(long[] slots, int size, byte[] section, byte[] own) {
    int total = 0;
    for (int i = 0; i < size; i++) {
      total += Slot.length(slots[i], Slot.isOwn(slots[i]) ? own : section);
    }
    return total;
  }

  /// Writes the lines; neighbours that are neighbours in their array too go in one go.
  ///
  /// @return false if they do not fit: then the buffer's position is as before
  static boolean write(long[] slots, int size, byte[] section, byte[] own, ByteBuffer out) {
    int begin = out.position();
    int i = 0;
    while (i < size) {
      boolean added = Slot.isOwn(slots[i]);
      byte[] array = added ? own : section;
      int start = Slot.offset(slots[i]);
      int end = Slot.end(slots[i++], array);
      while (i < size && Slot.isOwn(slots[i]) == added && Slot.offset(slots[i]) == end) {
        end = Slot.end(slots[i++], array);
      }
      if (out.remaining() < end - start) {
        out.position(begin);
        return false;
      }
      out.put(array, start, end - start);
    }
    return true;
  }

  /// How many octets of the array of added lines are in use.
  static int liveOctets(long[] slots, int size, byte[] own) {
    int live = 0;
    for (int i = 0; i < size; i++) {
      live += Slot.isOwn(slots[i]) ? Slot.length(slots[i], own) : 0;
    }
    return live;
  }

  /// Copies the added lines that are in use to another array, without what lies between them.
  ///
  /// @param slots changed to the new places
  static void moveLive(long[] slots, int size, byte[] own, byte[] target) {
    int used = 0;
    for (int i = 0; i < size; i++) {
      if (Slot.isOwn(slots[i])) {
        int length = Slot.length(slots[i], own);
        System.arraycopy(own, Slot.offset(slots[i]), target, used, length);
        slots[i] = Slot.moved(slots[i], used);
        used += length;
      }
    }
  }

  /// Whether two lines' values have the same octets.
  static boolean sameValue(Fields a, int indexA, Fields b, int indexB) {
    long slotA = a.slot(indexA);
    long slotB = b.slot(indexB);
    byte[] lineA = a.lineOf(slotA);
    byte[] lineB = b.lineOf(slotB);
    int length = Slot.valueLength(slotA);
    int startA = Slot.valueStart(slotA, lineA);
    int startB = Slot.valueStart(slotB, lineB);
    return length == Slot.valueLength(slotB)
        && Arrays.equals(lineA, startA, startA + length, lineB, startB, startB + length);
  }
}

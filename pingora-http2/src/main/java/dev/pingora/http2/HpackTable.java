// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

/// A dynamic table (RFC 7541 §2.3.2, §4): first in, first out, bounded by bytes.
///
/// Entries are numbered from 0 in the order of insertion, for ever (modulo 2³²); those in
/// `[evicted, inserted)` are in the table. An entry's octets, name then value, lie in one array
/// behind those of the entry before. When the array's end is reached the live octets move to its
/// front; as the array is twice the table's size, each octet moves at most once on average.
/// Positions are virtual, `origin` is that of `data[0]`, so that a move changes no entry.
///
/// Costs no object per entry. Arrays begin empty: an idle connection that never used its table
/// holds none.
final class HpackTable {
  /// What an entry counts besides its octets (RFC 7541 §4.1).
  static final int OVERHEAD = 32;

  private static final int[] NO_ENTRIES = {};
  private static final int FIRST_ENTRIES = 16;
  private static final int FIRST_BYTES = 256;

  private int maxSize;
  private int size;
  private int inserted;
  private int evicted;

  // Per entry, at its number modulo the (power of two) length.
  private int[] positions = NO_ENTRIES;
  private int[] nameLengths = NO_ENTRIES;
  private int[] valueLengths = NO_ENTRIES;

  private byte[] data = new byte[0];
  private int origin;
  private int end;

  HpackTable(int maxSize) {
    this.maxSize = maxSize;
  }

  int maxSize() {
    return maxSize;
  }

  /// {@return the size as RFC 7541 §4.1 counts it}
  int size() {
    return size;
  }

  /// {@return how many entries there are}
  int count() {
    return inserted - evicted;
  }

  /// {@return the number that the next entry gets}
  int nextNumber() {
    return inserted;
  }

  /// {@return whether this entry is still in the table}
  boolean holds(int number) {
    return number - evicted >= 0 && number - inserted < 0;
  }

  /// Evicts until the table fits (RFC 7541 §4.3).
  void maxSize(int bytes) {
    maxSize = bytes;
    evictDownTo(bytes);
  }

  /// Inserts an entry whose octets are elsewhere than in this table's [#data].
  ///
  /// An entry larger than the table empties it and is not inserted (RFC 7541 §4.4).
  ///
  /// @return whether it was inserted
  boolean insert(byte[] bytes, int nameFrom, int nameLength, int valueFrom, int valueLength) {
    int entrySize = nameLength + valueLength + OVERHEAD;
    if (entrySize > maxSize) {
      evictDownTo(0);
      return false;
    }
    evictDownTo(maxSize - entrySize);
    int at = makeRoom(nameLength + valueLength);
    System.arraycopy(bytes, nameFrom, data, at, nameLength);
    System.arraycopy(bytes, valueFrom, data, at + nameLength, valueLength);
    if (count() == positions.length) {
      growEntries();
    }
    int slot = slot(inserted);
    positions[slot] = end;
    nameLengths[slot] = nameLength;
    valueLengths[slot] = valueLength;
    end += nameLength + valueLength;
    inserted++;
    size += entrySize;
    return true;
  }

  /// {@return the octets, valid until the next insertion}
  byte[] data() {
    return data;
  }

  /// {@return where in [#data] the entry's name begins; its value follows}
  int nameFrom(int number) {
    return positions[slot(number)] - origin;
  }

  int nameLength(int number) {
    return nameLengths[slot(number)];
  }

  int valueLength(int number) {
    return valueLengths[slot(number)];
  }

  /// Evicts the oldest until the size is at most this (RFC 7541 §4.3, §4.4).
  private void evictDownTo(int bytes) {
    while (size > bytes) {
      int slot = slot(evicted++);
      size -= nameLengths[slot] + valueLengths[slot] + OVERHEAD;
    }
  }

  /// {@return where in [#data] so many octets can be put, behind the live ones}
  private int makeRoom(int bytes) {
    int used = end - origin;
    if (used + bytes <= data.length) {
      return used;
    }
    int liveFrom = count() == 0 ? used : nameFrom(evicted);
    int live = used - liveFrom;
    byte[] target = data;
    if (2 * (live + bytes) > data.length) {
      target = new byte[Math.max(FIRST_BYTES, 2 * (live + bytes))];
    }
    System.arraycopy(data, liveFrom, target, 0, live);
    data = target;
    origin = end - live;
    return live;
  }

  private void growEntries() {
    int length = Math.max(FIRST_ENTRIES, positions.length * 2);
    int[] oldPositions = positions;
    int[] oldNames = nameLengths;
    int[] oldValues = valueLengths;
    positions = new int[length];
    nameLengths = new int[length];
    valueLengths = new int[length];
    for (int number = evicted; number != inserted; number++) {
      int from = number & oldPositions.length - 1;
      int to = slot(number);
      positions[to] = oldPositions[from];
      nameLengths[to] = oldNames[from];
      valueLengths[to] = oldValues[from];
    }
  }

  /// Where in the arrays an entry's numbers are.
  private int slot(int number) {
    return number & positions.length - 1;
  }

  @Override
  public String toString() {
    return "HpackTable[count=" + count() + ", size=" + size + "/" + maxSize + "]";
  }
}

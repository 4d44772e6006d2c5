// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http;

import org.jspecify.annotations.Nullable;

/// The constants of [FieldName] by name: an open hash table, filled once, then read only.
///
/// One lookup hashes five octets and compares one candidate in nearly all cases; it runs once for
/// each received field line. Strangers choose the names, but not the table: a probe ends at the
/// first empty cell, and the longest run of full cells is fixed (a test holds it to a few).
final class KnownNames {
  private static final int CELLS = 1024;
  private static final int MASK = CELLS - 1;
  static final int MAX_NAMES = 128;

  /// The first constants, up to Authentication-Info.
  private static final int OWN_BITS = 19;

  private final @Nullable FieldName[] cells = new @Nullable FieldName[CELLS];
  private final @Nullable FieldName[] byId = new @Nullable FieldName[MAX_NAMES];
  private final byte[] lengths = new byte[MAX_NAMES];
  private int nextId = 1;

  /// The number of the next name.
  int nextId() {
    return nextId;
  }

  FieldName add(FieldName name) {
    int cell = name.hashCode() & MASK;
    while (cells[cell] != null) {
      cell = (cell + 1) & MASK;
    }
    cells[cell] = name;
    byId[name.id()] = name;
    lengths[name.id()] = (byte) name.length();
    nextId++;
    return name;
  }

  @Nullable FieldName find(byte[] bytes, int offset, int length) {
    if (length == 0) {
      return null;
    }
    int cell = hash(bytes, offset, length) & MASK;
    for (FieldName name = cells[cell]; name != null; name = cells[cell]) {
      if (name.isSpelled(bytes, offset, length)) {
        return name;
      }
      cell = (cell + 1) & MASK;
    }
    return null;
  }

  @Nullable FieldName find(String text) {
    return text.isEmpty() ? null : find(hash(text), text);
  }

  /// As [#find(String)], for a name whose hash is known.
  @Nullable FieldName find(int hash, String text) {
    int cell = hash & MASK;
    for (FieldName name = cells[cell]; name != null; name = cells[cell]) {
      if (name.matches(text)) {
        return name;
      }
      cell = (cell + 1) & MASK;
    }
    return null;
  }

  /// The constant with this number, null for 0.
  @Nullable FieldName byId(int id) {
    return byId[id];
  }

  /// The length of the name with this number.
  int length(int id) {
    return lengths[id];
  }

  /// One bit out of 64 for a name, so that one long says which names a message may hold. Those of
  /// connection management and authentication, which proxies look for in each message and mostly do
  /// not find, have a bit for themselves; all others share the rest.
  static long presence(int id, int hash) {
    return 1L << (id != 0 && id <= OWN_BITS ? id : OWN_BITS + 1 + hash % (63 - OWN_BITS));
  }

  /// The most cells that one lookup may visit before it finds an empty one.
  int longestRun() {
    int longest = 0;
    int run = 0;
    // Twice around, since a run may go over the end.
    for (int i = 0; i < 2 * CELLS; i++) {
      run = cells[i & MASK] == null ? 0 : run + 1;
      longest = Math.max(longest, run);
    }
    return longest;
  }

  static int hash(byte[] name, int offset, int length) {
    int last = offset + length - 1;
    return mix(
        length,
        name[offset] & 0xFF,
        name[offset + length / 3] & 0xFF,
        name[offset + length / 2] & 0xFF,
        name[last] & 0xFF);
  }

  static int hash(String name) {
    int length = name.length();
    return mix(
        length,
        name.charAt(0),
        name.charAt(length / 3),
        name.charAt(length / 2),
        name.charAt(length - 1));
  }

  /// Folds case by setting bit 5: a superset of case folding is enough for a hash.
  private static int mix(int length, int first, int third, int half, int last) {
    int h = length;
    h = h * 31 + (first | 0x20);
    h = h * 31 + (third | 0x20);
    h = h * 31 + (half | 0x20);
    h = h * 31 + (last | 0x20);
    h *= 0x9E3779B9;
    return h >>> 12;
  }
}

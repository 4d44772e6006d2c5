// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.pool;

import org.jspecify.annotations.Nullable;

/// A hash table from keys to stacks of [Idle] places, linked through the places themselves.
///
/// ```
///  cells     nextKey             nextKey
///   [0] ──►  a(newest) ────────► d(newest) ──► null
///   [1]        │ below             │ below
///   [2]      a(older)             null
/// ```
///
/// A cell holds the uppermost place of each key that hashes there; the others of that key hang
/// below it. So many connections of one key are no burden to another, a lookup compares keys and
/// not only hashes, and nothing is allocated but the array, which doubles with the number of keys
/// and never shrinks: it is bounded by the most keys that were ever idle at once.
///
/// Owned by one [IdlePool], whose threads rule holds.
final class KeyTable<K, C> {
  private static final int FIRST_CELLS = 16;

  private @Nullable Idle<K, C>[] cells = newCells(FIRST_CELLS);
  private int keys;

  @SuppressWarnings("unchecked") // an array of a generic type cannot be made otherwise
  private static <K, C> @Nullable Idle<K, C>[] newCells(int length) {
    return (Idle<K, C>[]) new Idle<?, ?>[length];
  }

  /// Hashes of small numbers and of text differ in few bits; this moves them to the low ones.
  static int spread(int hash) {
    int mixed = hash * 0x9E3779B9;
    return mixed ^ mixed >>> 16;
  }

  /// How many keys have places.
  int keys() {
    return keys;
  }

  /// The uppermost place of the key: the one put last.
  @Nullable Idle<K, C> find(K key) {
    int hash = spread(key.hashCode());
    Idle<K, C> top = cells[hash & (cells.length - 1)];
    while (top != null && (top.hash != hash || !top.key.equals(key))) {
      top = top.nextKey;
    }
    return top;
  }

  /// Puts a place on top of its key's stack.
  void push(Idle<K, C> idle) {
    Idle<K, C> top = find(idle.key);
    if (top != null) {
      replace(top, idle);
      idle.below = top;
      top.above = idle;
      return;
    }
    if (keys == cells.length) {
      grow();
    }
    int cell = idle.hash & (cells.length - 1);
    idle.nextKey = cells[cell];
    cells[cell] = idle;
    keys++;
  }

  /// Takes a place out of its key's stack, wherever it is in it.
  void remove(Idle<K, C> idle) {
    Idle<K, C> above = idle.above;
    Idle<K, C> below = idle.below;
    if (below != null) {
      below.above = above;
    }
    if (above != null) {
      above.below = below;
    } else {
      replace(idle, below);
      keys -= below == null ? 1 : 0;
    }
    idle.above = null;
    idle.below = null;
  }

  /// Puts another place of the same key, or nothing, where an uppermost one is.
  private void replace(Idle<K, C> top, @Nullable Idle<K, C> other) {
    Idle<K, C> next = top.nextKey;
    top.nextKey = null;
    if (other != null) {
      other.nextKey = next;
    }
    Idle<K, C> successor = other != null ? other : next;
    int cell = top.hash & (cells.length - 1);
    Idle<K, C> before = cells[cell];
    if (before == top) {
      cells[cell] = successor;
      return;
    }
    while (before != null && before.nextKey != top) {
      before = before.nextKey;
    }
    if (before != null) {
      before.nextKey = successor;
    }
  }

  private void grow() {
    @Nullable Idle<K, C>[] old = cells;
    cells = newCells(old.length * 2);
    for (Idle<K, C> first : old) {
      Idle<K, C> top = first;
      while (top != null) {
        Idle<K, C> next = top.nextKey;
        int cell = top.hash & (cells.length - 1);
        top.nextKey = cells[cell];
        cells[cell] = top;
        top = next;
      }
    }
  }
}

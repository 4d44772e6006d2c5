// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import java.util.Map;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/// A hash table that is asked for a part of a text, without cutting the part out.
///
/// The caller hashes as it walks over the text with [#mix], in the direction in which its parts
/// grow; keys are hashed in the same direction. Open addressing with linear probing, half full at
/// most. Keys come from the configuration: a client can choose what is looked up, and a collision
/// costs it one comparison of ints; it cannot fill the table. Immutable after construction.
///
/// @param <V> what a part leads to
final class PartTable<V> {

  /// Where the walk over a text goes, and its parts begin.
  enum Direction {
    /// From the beginning: parts are prefixes.
    FORWARD,
    /// From the end: parts are suffixes.
    BACKWARD
  }

  /// A part in the table.
  ///
  /// @param <V> what it leads to
  static final class Node<V> {
    private final String key;
    private final int hash;
    private final V value;
    private @Nullable Node<V> next;

    Node(String key, int hash, V value) {
      this.key = key;
      this.hash = hash;
      this.value = value;
    }

    V value() {
      return value;
    }

    /// {@return the longest part of the table that this one lies within}
    @Nullable Node<V> next() {
      return next;
    }
  }

  private final @Nullable Node<V>[] slots;
  private final int longest;

  /// Creates a table.
  ///
  /// @param within whether its first argument lies within its second
  PartTable(Map<String, V> parts, Direction direction, BiPredicate<String, String> within) {
    slots = slots(Integer.highestOneBit(Math.max(parts.size(), 1)) * 4);
    parts.forEach((key, value) -> put(new Node<>(key, hash(key, direction), value)));
    longest = parts.keySet().stream().mapToInt(String::length).max().orElse(-1);
    for (Node<V> node : slots) {
      if (node != null) {
        node.next = outer(node, within);
      }
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of nodes is only ever filled with nodes
  private static <V> @Nullable Node<V>[] slots(int length) {
    return (Node<V>[]) new Node[length];
  }

  private void put(Node<V> node) {
    int slot = node.hash & slots.length - 1;
    while (slots[slot] != null) {
      slot = slot + 1 & slots.length - 1;
    }
    slots[slot] = node;
  }

  private @Nullable Node<V> outer(Node<V> inner, BiPredicate<String, String> within) {
    Node<V> best = null;
    for (Node<V> node : slots) {
      boolean longer = node != null && (best == null || node.key.length() > best.key.length());
      if (node != null && longer && node != inner && within.test(inner.key, node.key)) {
        best = node;
      }
    }
    return best;
  }

  /// {@return the hash of a part that grew by a character; that of the empty part is 0}
  static int mix(int hash, char c) {
    return (hash + c) * 0x9e3779b1; // odd, so no bit is lost; spreads to the upper bits
  }

  private static int spread(int hash) {
    return hash ^ hash >>> 15;
  }

  private static int hash(String key, Direction direction) {
    int hash = 0;
    for (int i = 0; i < key.length(); i++) {
      hash =
          switch (direction) {
            case FORWARD -> mix(hash, key.charAt(i));
            case BACKWARD -> mix(hash, key.charAt(key.length() - 1 - i));
          };
    }
    return spread(hash);
  }

  /// {@return the length of the longest part; -1 when the table is empty}
  int longest() {
    return longest;
  }

  /// {@return the part `text[from, to)`, or null when it is not in the table}
  ///
  /// @param hash of that part by [#mix]
  @Nullable Node<V> find(int hash, String text, int from, int to) {
    int wanted = spread(hash);
    int slot = wanted & slots.length - 1;
    for (Node<V> node = slots[slot]; node != null; node = slots[slot]) {
      if (node.hash == wanted
          && node.key.length() == to - from
          && text.startsWith(node.key, from)) {
        return node;
      }
      slot = slot + 1 & slots.length - 1;
    }
    return null;
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lru;

import org.jspecify.annotations.Nullable;

/// A place in a shard's list, found through the map of the [Lru]. Links, weight and `linked` belong
/// to the shard's lock; what is volatile is also read without it.
final class Node<K, V> {
  final K key;
  volatile V value;
  volatile long weight;

  /// The shard's turn when this node last came to the front, see [Shard#isAmongFirst].
  volatile long turn;

  @Nullable Node<K, V> newer;
  @Nullable Node<K, V> older;
  boolean linked;

  Node(K key, V value, long weight) {
    this.key = key;
    this.value = value;
    this.weight = weight;
  }

  Entry<K, V> toEntry() {
    return new Entry<>(key, value, weight);
  }
}

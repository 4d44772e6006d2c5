// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lru;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One list of an [Lru], from the most to the least recently used, under its own lock.
///
/// All but the counters, which anyone may read, is called with [#lock] held.
final class Shard<K, V> {
  final ReentrantLock lock = new ReentrantLock();

  private @Nullable Node<K, V> newest;
  private @Nullable Node<K, V> oldest;
  private volatile int size;
  private volatile long weight;

  /// Counts arrivals at the front.
  private volatile long turn;

  int size() {
    return size;
  }

  long weight() {
    return weight;
  }

  @Nullable Node<K, V> oldest() {
    return oldest;
  }

  /// {@return whether a node is certainly among the first `n`}; needs no lock.
  ///
  /// A node falls back by one place at most when another comes to the front, so it cannot lie
  /// deeper than there were arrivals since its own. That misses a node that rose because others
  /// left, which costs a promotion without need and no more.
  boolean isAmongFirst(Node<K, V> node, int n) {
    return turn - node.turn < n;
  }

  void addFirst(Node<K, V> node) {
    node.older = newest;
    node.newer = null;
    if (newest == null) {
      oldest = node;
    } else {
      newest.newer = node;
    }
    newest = node;
    added(node);
    arrived(node);
  }

  void addLast(Node<K, V> node) {
    node.newer = oldest;
    node.older = null;
    if (oldest == null) {
      newest = node;
    } else {
      oldest.older = node;
    }
    oldest = node;
    // As if it had arrived before all that are there: certainly not among the first, unless alone.
    node.turn = turn - size;
    added(node);
  }

  private void added(Node<K, V> node) {
    node.linked = true;
    count(1, node.weight);
  }

  private void arrived(Node<K, V> node) {
    long now = turn + 1;
    turn = now;
    node.turn = now;
  }

  void toFirst(Node<K, V> node) {
    if (node != newest) {
      remove(node);
      addFirst(node);
    } else {
      // Others in front of it may have left without its turn being counted up.
      node.turn = turn;
    }
  }

  void remove(Node<K, V> node) {
    Node<K, V> newer = node.newer;
    Node<K, V> older = node.older;
    if (newer == null) {
      newest = older;
    } else {
      newer.older = older;
    }
    if (older == null) {
      oldest = newer;
    } else {
      older.newer = newer;
    }
    node.newer = null;
    node.older = null;
    node.linked = false;
    count(-1, -node.weight);
  }

  private void count(int entries, long weights) {
    int newSize = size + entries;
    long newWeight = weight + weights;
    size = newSize;
    weight = newWeight;
  }

  void reweigh(Node<K, V> node, long newWeight) {
    count(0, newWeight - node.weight);
    node.weight = newWeight;
  }

  List<Entry<K, V>> entries() {
    List<Entry<K, V>> entries = new ArrayList<>(size);
    for (Node<K, V> node = newest; node != null; node = node.older) {
      entries.add(node.toEntry());
    }
    return entries;
  }
}

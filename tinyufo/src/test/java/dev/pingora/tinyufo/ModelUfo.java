// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tinyufo;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The policy of [TinyUfo] for one thread, with plain fields and no ghosts: what is removed leaves
/// its queue at once. It shares the sketch and the balance with the real one, and nothing else.
final class ModelUfo {
  static final class Node {
    final int key;
    int value;
    int weight;
    int uses;

    Node(int key, int value, int weight) {
      this.key = key;
      this.value = value;
      this.weight = weight;
    }
  }

  final Map<Integer, Node> nodes = new HashMap<>();
  private final Deque<Node> small = new ArrayDeque<>();
  private final Deque<Node> main = new ArrayDeque<>();
  private @Nullable Node seat;
  private final Sketch sketch;
  private final Balance balance;
  private final long capacity;

  ModelUfo(long capacity, int estimatedItems) {
    this.capacity = capacity;
    sketch = new Sketch(estimatedItems);
    balance = new Balance(capacity, estimatedItems);
  }

  @Nullable Integer get(int key) {
    Node node = nodes.get(key);
    if (node == null) {
      return null;
    }
    node.uses = Math.min(3, node.uses + 1);
    return node.value;
  }

  List<Evicted<Integer, Integer>> put(int key, int value, int weight) {
    if (weight > capacity) {
      remove(key);
      return List.of(new Evicted<>(key, value, weight));
    }
    Node known = nodes.get(key);
    if (known != null) {
      known.value = value;
      known.weight = weight;
      known.uses = Math.min(3, known.uses + 1);
    } else {
      Node node = new Node(key, value, weight);
      nodes.put(key, node);
      balance.missed(hash(node));
      sketch.increment(hash(node));
      small.add(node);
    }
    List<Evicted<Integer, Integer>> evicted = new ArrayList<>();
    while (smallWeight() > balance.limit() || total() > capacity) {
      Node victim = smallWeight() > balance.limit() ? null : victim();
      if (victim != null) {
        evictMain(victim, evicted);
      } else {
        moveSmall(evicted);
      }
    }
    return evicted;
  }

  @Nullable Integer remove(int key) {
    Node node = nodes.remove(key);
    if (node == null) {
      return null;
    }
    small.remove(node);
    main.remove(node);
    if (seat == node) {
      seat = null;
    }
    return node.value;
  }

  long smallWeight() {
    return small.stream().mapToLong(node -> node.weight).sum();
  }

  /// {@return the weight of all that is held, also of what is in hand}
  long total() {
    return nodes.values().stream().mapToLong(node -> node.weight).sum();
  }

  private void moveSmall(List<Evicted<Integer, Integer>> evicted) {
    Node node = small.remove();
    if (node.uses > 0 || total() <= capacity || wins(node, evicted)) {
      promote(node);
    } else {
      balance.leftSmall(hash(node));
      evict(node, evicted);
    }
  }

  private static int hash(Node node) {
    return Sketch.spread(Integer.hashCode(node.key));
  }

  private void promote(Node node) {
    for (; node.uses > 0; node.uses--) {
      sketch.increment(hash(node));
    }
    main.add(node);
  }

  private void evictMain(Node node, List<Evicted<Integer, Integer>> evicted) {
    balance.leftMain(hash(node));
    evict(node, evicted);
  }

  private void evict(Node node, List<Evicted<Integer, Integer>> evicted) {
    nodes.remove(node.key);
    evicted.add(new Evicted<>(node.key, node.value, node.weight));
  }

  private @Nullable Node victim() {
    int requeues = 0;
    while (true) {
      Node node = seat != null ? seat : main.poll();
      seat = null;
      if (node == null || node.uses == 0 || requeues++ >= 16) {
        return node;
      }
      node.uses--;
      sketch.increment(hash(node));
      main.add(node);
    }
  }

  private boolean wins(Node newcomer, List<Evicted<Integer, Integer>> evicted) {
    Node first = victim();
    if (first == null) {
      return false;
    }
    int lead = sketch.frequency(hash(newcomer)) - 1 - sketch.frequency(hash(first));
    long missing = total() - capacity - first.weight;
    List<Node> more = new ArrayList<>();
    while (lead > 0 && missing > 0) {
      Node victim = victim();
      if (victim == null) {
        break;
      }
      missing -= victim.weight;
      lead -= sketch.frequency(hash(victim));
      if (sketch.frequency(hash(victim)) == 0) {
        evictMain(victim, evicted);
      } else {
        more.add(victim);
      }
    }
    boolean wins = lead > 0 && missing <= 0;
    for (Node victim : more) {
      settle(victim, wins, evicted);
    }
    settle(first, wins, evicted);
    return wins;
  }

  private void settle(Node victim, boolean leaves, List<Evicted<Integer, Integer>> evicted) {
    if (leaves) {
      evictMain(victim, evicted);
    } else if (seat == null) {
      seat = victim;
    } else {
      main.add(victim);
    }
  }
}

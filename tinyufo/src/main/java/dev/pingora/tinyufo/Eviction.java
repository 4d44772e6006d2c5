// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tinyufo;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// Takes out of the map what the queues decided against, and lists it. Confined to one call of
/// [TinyUfo].
final class Eviction<K, V> implements Consumer<Item<K, V>> {
  private final ConcurrentHashMap<K, Item<K, V>> items;
  private final Queues<K, V> queues;
  private List<Evicted<K, V>> evicted = List.of();

  Eviction(ConcurrentHashMap<K, Item<K, V>> items, Queues<K, V> queues) {
    this.items = items;
    this.queues = queues;
  }

  @Override
  public void accept(Item<K, V> item) {
    // Whoever takes it out of the map owns its value and weight: an overwriting put needs it in the
    // map.
    V value = items.remove(item.key, item) ? item.value : null;
    if (value == null) {
      queues.forget();
      return;
    }
    if (evicted.isEmpty()) {
      evicted = new ArrayList<>(1);
    }
    evicted.add(new Evicted<>(item.key, value, queues.leave(item, false)));
  }

  List<Evicted<K, V>> evicted() {
    return evicted;
  }
}

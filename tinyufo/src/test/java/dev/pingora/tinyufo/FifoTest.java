// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tinyufo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class FifoTest {
  private final Fifo<Integer> fifo = new Fifo<>();

  @Test
  void handsOutInOrder() {
    for (int i = 0; i < 1_000; i++) {
      fifo.add(i);
    }
    assertThat(fifo.size()).isEqualTo(1_000);
    for (int i = 0; i < 1_000; i++) {
      assertThat(fifo.poll()).isEqualTo(i);
    }
    assertThat(fifo.poll()).isNull();
    assertThat(fifo.size()).isZero();
  }

  @Test
  void isEmptyAtFirstAndAfterEveryElement() {
    for (int i = 0; i < 1_000; i++) {
      assertThat(fifo.poll()).isNull();
      assertThat(fifo.poll()).isNull();
      fifo.add(i);
      assertThat(fifo.poll()).isEqualTo(i);
    }
  }

  @Test
  void behavesAsADeque() {
    Random random = new Random(1);
    Queue<Integer> model = new ArrayDeque<>();
    for (int i = 0; i < 200_000; i++) {
      // The bias swings, so the queue grows over several arrays and runs empty again.
      if (random.nextInt(100) < ((i / 2_000) % 2 == 0 ? 60 : 40)) {
        fifo.add(i);
        model.add(i);
      } else {
        assertThat(fifo.poll()).isEqualTo(model.poll());
      }
      assertThat(fifo.size()).isEqualTo(model.size());
    }
  }

  @Test
  void losesAndDoublesNothingUnderRaces() throws Exception {
    int each = 50_000;
    int producers = 2;
    for (int round = 0; round < 5; round++) {
      Fifo<Integer> shared = new Fifo<>();
      AtomicIntegerArray seen = new AtomicIntegerArray(producers * each);
      AtomicInteger polled = new AtomicInteger();
      Race.run(
          4,
          thread -> {
            if (thread < producers) {
              for (int i = 0; i < each; i++) {
                shared.add(thread * each + i);
              }
            } else {
              drain(shared, seen, polled, producers, each);
            }
          });
      for (int i = 0; i < seen.length(); i++) {
        assertThat(seen.get(i)).isEqualTo(1);
      }
      assertThat(shared.poll()).isNull();
    }
  }

  /// Polls until all was polled by anyone, and checks that a producer's elements come in its order.
  private static void drain(
      Fifo<Integer> shared,
      AtomicIntegerArray seen,
      AtomicInteger polled,
      int producers,
      int each) {
    int[] last = new int[producers];
    while (polled.get() < seen.length()) {
      Integer element = shared.poll();
      if (element == null) {
        Thread.onSpinWait();
        continue;
      }
      polled.incrementAndGet();
      seen.incrementAndGet(element);
      int producer = element / each;
      assertThat(element % each).isGreaterThanOrEqualTo(last[producer]);
      last[producer] = element % each;
    }
  }

  @Test
  void keepsCountWhenElementsGoRound() throws Exception {
    int elements = 300;
    for (int i = 0; i < elements; i++) {
      fifo.add(i);
    }
    Race.run(
        4,
        thread -> {
          for (int i = 0; i < 50_000; i++) {
            Integer element = fifo.poll();
            if (element != null) {
              fifo.add(element);
            }
          }
        });
    assertThat(fifo.size()).isEqualTo(elements);
    boolean[] seen = new boolean[elements];
    for (int i = 0; i < elements; i++) {
      Integer element = fifo.poll();
      assertThat(element).isNotNull();
      assertThat(seen[element]).isFalse();
      seen[element] = true;
    }
    assertThat(fifo.poll()).isNull();
  }
}

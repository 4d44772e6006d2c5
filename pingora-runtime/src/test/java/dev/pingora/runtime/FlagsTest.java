// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// [FlushFlag] and [SleepFlag]; their orders are proved in the module `stress`.
final class FlagsTest {
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theFirstToRaiseQueues(boolean shared) {
    FlushFlag flag = new FlushFlag(shared);
    assertThat(flag.raise()).isTrue();
    assertThat(flag.raise()).isFalse();
    flag.lower();
    assertThat(flag.raise()).isTrue();
  }

  @Test
  void nobodyWakesWhoIsAwake() {
    SleepFlag flag = new SleepFlag();
    assertThat(flag.take()).isFalse();
    flag.lieDown();
    flag.getUp();
    assertThat(flag.take()).isFalse();
  }

  @Test
  void oneWakesTheSleeper() {
    SleepFlag flag = new SleepFlag();
    flag.lieDown();
    assertThat(flag.take()).isTrue();
    assertThat(flag.take()).isFalse();
  }

  /// As the loops use it: work is queued by one thread, and another sleeps while there is none.
  @Test
  void noWorkIsSleptOver() throws InterruptedException {
    SleepFlag flag = new SleepFlag();
    Queue<Long> queue = new ConcurrentLinkedQueue<>();
    AtomicLong done = new AtomicLong();
    long count = 50_000;
    Thread sleeper =
        Thread.ofPlatform()
            .start(() -> {
              while (done.get() < count) {
                for (Long next = queue.poll(); next != null; next = queue.poll()) {
                  done.set(next);
                }
                flag.lieDown();
                if (queue.isEmpty() && done.get() < count) {
                  LockSupport.park();
                }
                flag.getUp();
              }
            });
    for (long i = 1; i <= count; i++) {
      queue.add(i);
      if (flag.take()) {
        LockSupport.unpark(sleeper);
      }
      if (i % 64 == 0) {
        awaitDone(done, i); // so that the sleeper lies down again and again
      }
    }
    assertThat(sleeper.join(Rig.LIMIT)).isTrue();
    assertThat(done).hasValue(count);
  }

  private static void awaitDone(AtomicLong done, long number) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (done.get() < number) {
      assertThat(System.nanoTime() - end).as("slept over work").isNegative();
      Thread.onSpinWait();
    }
  }
}

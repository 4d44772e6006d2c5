// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GcraTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final long MILLI = 1_000_000;
  private final AtomicLong clock = new AtomicLong(123);

  private Gcra gcra(long permits, Duration per, long burst) {
    return Gcra.of(permits, per, burst, new Rows(4, 1024, new Random(1)), clock::get);
  }

  @Test
  void admitsABurstThenTheRate() {
    Gcra gcra = gcra(10, SECOND, 3);
    assertThat(gcra.take("a", 1)).isZero();
    assertThat(gcra.take("a", 2)).isZero();
    assertThat(gcra.take("a", 1)).isEqualTo(100 * MILLI);
    clock.addAndGet(99 * MILLI);
    assertThat(gcra.take("a", 1)).isEqualTo(MILLI);
    clock.addAndGet(MILLI);
    assertThat(gcra.take("a", 1)).isZero();
    assertThat(gcra.take("a", 1)).isEqualTo(100 * MILLI);
  }

  @Test
  void refusalTakesNothing() {
    Gcra gcra = gcra(10, SECOND, 3);
    gcra.take("a", 3);
    for (int i = 0; i < 100; i++) {
      assertThat(gcra.take("a", 2)).isEqualTo(200 * MILLI);
    }
    clock.addAndGet(200 * MILLI);
    assertThat(gcra.take("a", 2)).isZero();
  }

  @Test
  void neverHoldsMoreThanTheBurst() {
    Gcra gcra = gcra(10, SECOND, 3);
    clock.addAndGet(Duration.ofDays(30).toNanos());
    assertThat(gcra.take("a", 3)).isZero();
    assertThat(gcra.take("a", 1)).isPositive();
  }

  @Test
  void saysNeverWhenTheDemandExceedsTheBucket() {
    Gcra gcra = gcra(10, SECOND, 3);
    assertThat(gcra.take("a", 4)).isEqualTo(Gcra.NEVER);
    assertThat(gcra.take("a", Long.MAX_VALUE)).isEqualTo(Gcra.NEVER);
    assertThat(gcra.take("a", 3)).isZero();
  }

  @Test
  void takesNothingForNothing() {
    Gcra gcra = gcra(1, SECOND, 1);
    gcra.take("a", 1);
    assertThat(gcra.take("a", 0)).isZero();
    assertThat(gcra.take("a", 1)).isEqualTo(1_000 * MILLI);
  }

  @Test
  void keepsKeysApart() {
    Gcra gcra = gcra(1, SECOND, 1);
    assertThat(gcra.take("a", 1)).isZero();
    assertThat(gcra.take("b", 1)).isZero();
    assertThat(gcra.take(7, 1)).isZero();
    assertThat(gcra.take((Object) 7L, 1)).isPositive();
  }

  @Test
  void tellsWhatIsAvailable() {
    Gcra gcra = gcra(3, SECOND, 6);
    assertThat(gcra.available("a")).isEqualTo(6);
    gcra.take("a", 4);
    assertThat(gcra.available("a")).isEqualTo(2);
    gcra.take("a", 2);
    assertThat(gcra.available("a")).isZero();
    clock.addAndGet(SECOND.toNanos());
    assertThat(gcra.available("a")).isEqualTo(3);
    clock.addAndGet(SECOND.toNanos());
    assertThat(gcra.available("a")).isEqualTo(6);
    assertThat(gcra.available(7)).isEqualTo(6);
  }

  @Test
  void takesAllThatIsAvailableAndNotOneMore() {
    Random random = new Random(3);
    Gcra gcra = gcra(701, SECOND, 1_000);
    for (int i = 0; i < 5_000; i++) {
      clock.addAndGet(random.nextInt(2_000_000));
      long available = gcra.available("a");
      if (available < 1_000) {
        assertThat(gcra.take("a", available + 1)).isPositive();
      }
      assertThat(gcra.take("a", random.nextLong(available + 1))).isZero();
    }
  }

  @Test
  void agreesWithABucketPerKey() {
    Gcra gcra = gcra(50, SECOND, 10);
    Map<Integer, Long> arrivals = new HashMap<>();
    Random random = new Random(11);
    int refused = 0;
    for (int i = 0; i < 100_000; i++) {
      clock.addAndGet(random.nextInt(2_000_000));
      int key = random.nextInt(20);
      int n = 1 + random.nextInt(3);
      long start = Math.max(arrivals.getOrDefault(key, 0L), clock.get());
      long next = start + n * 20L * MILLI;
      long wait = Math.max(0, next - clock.get() - 200 * MILLI);
      if (wait == 0) {
        arrivals.put(key, next);
      } else {
        refused++;
      }
      assertThat(gcra.take(key, n)).isEqualTo(wait);
    }
    assertThat(refused).isBetween(10_000, 90_000);
  }

  @Test
  void isNeverLooserThanABucketPerKeyHoweverCrowded() {
    Gcra crowded = Gcra.of(50, SECOND, 10, new Rows(2, 8, new Random(4)), clock::get);
    Map<Integer, Long> arrivals = new HashMap<>();
    Random random = new Random(12);
    int admitted = 0;
    for (int i = 0; i < 100_000; i++) {
      clock.addAndGet(random.nextInt(2_000_000));
      int key = random.nextInt(40);
      if (crowded.take(key, 1) == 0) {
        long next = Math.max(arrivals.getOrDefault(key, 0L), clock.get()) + 20 * MILLI;
        assertThat(next - clock.get()).isLessThanOrEqualTo(200 * MILLI);
        arrivals.put(key, next);
        admitted++;
      }
    }
    assertThat(admitted).isPositive();
  }

  @Test
  void sparesAKeyThatSharesOnlySomeCellsWithABusyOne() {
    Gcra gcra = gcra(1, SECOND, 1);
    for (int key = 0; key < 100; key++) {
      gcra.take(key, 1);
    }
    int refused = 0;
    for (int key = 1_000; key < 2_000; key++) {
      refused += gcra.available(key) == 0 ? 1 : 0;
    }
    // 100 busy keys of 1,024 slots: (1 - e^(-100/1024))⁴ of the others suffer, 0.0075 %.
    assertThat(refused).isLessThanOrEqualTo(2);
  }

  @Test
  void admitsExactlyTheBurstUnderRaces() throws Exception {
    for (int round = 0; round < 50; round++) {
      Gcra gcra = gcra(1, Duration.ofDays(1), 1_000);
      AtomicLong admitted = new AtomicLong();
      Race.run(
          4,
          thread -> {
            for (int i = 0; i < 500; i++) {
              if (gcra.take("shared", 1) == 0) {
                admitted.incrementAndGet();
              }
            }
          });
      assertThat(admitted.get()).isEqualTo(1_000);
    }
  }

  @Test
  void admitsNoMoreThanTheBurstOfAnyKeyUnderRacesAndCollisions() throws Exception {
    int keys = 4;
    for (int round = 0; round < 100; round++) {
      // Three slots for four keys: in every row some keys share a cell.
      Gcra gcra =
          Gcra.of(1, Duration.ofDays(1), 100, new Rows(2, 3, new Random(round)), clock::get);
      AtomicIntegerArray admitted = new AtomicIntegerArray(keys);
      Race.run(
          4,
          thread -> {
            Random random = new Random(thread);
            for (int i = 0; i < 1_000; i++) {
              int key = random.nextInt(keys);
              if (gcra.take(key, 1) == 0) {
                admitted.incrementAndGet(key);
              }
            }
          });
      for (int key = 0; key < keys; key++) {
        assertThat(admitted.get(key)).isLessThanOrEqualTo(100);
      }
    }
  }

  @Test
  void recoversWhenTimeGoesBack() {
    Gcra gcra = gcra(10, SECOND, 3);
    clock.addAndGet(Duration.ofHours(1).toNanos());
    gcra.take("a", 3);
    clock.addAndGet(-Duration.ofMinutes(30).toNanos());
    assertThat(gcra.take("a", 1)).isEqualTo(100 * MILLI);
    clock.addAndGet(100 * MILLI);
    assertThat(gcra.take("a", 1)).isZero();
    assertThat(gcra.take("a", 1)).isEqualTo(100 * MILLI);
  }

  @Test
  void staysStrictWhenTimeGoesBackALittle() {
    Gcra gcra = gcra(10, SECOND, 3);
    clock.addAndGet(SECOND.toNanos());
    gcra.take("a", 3);
    clock.addAndGet(-500 * MILLI);
    assertThat(gcra.take("a", 1)).isEqualTo(600 * MILLI);
  }

  @Test
  void keepsFineRatesExact() {
    Gcra bytes = gcra(3_000_000_000L, SECOND, 3_000_000_000L);
    assertThat(bytes.take("a", 3_000_000_000L)).isZero();
    clock.addAndGet(500 * MILLI);
    assertThat(bytes.available("a")).isEqualTo(1_500_000_000L);
    assertThat(bytes.take("a", 1_500_000_000L)).isZero();
    assertThat(bytes.take("a", 1)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 7, 11, 16, 17, 60, 99, 701, 1_000, 12_345, 1_000_003})
  void admitsABurstHoweverItIsCut(long permits) {
    for (long burst : new long[] {1, 2, 6, 120, 5_040}) {
      for (long n : new long[] {1, 2, 3, 5, 40}) {
        Gcra gcra = gcra(permits, SECOND, burst);
        for (long taken = 0; taken + n <= burst; taken += n) {
          assertThat(gcra.take("a", n)).as("%s of %s", taken, burst).isZero();
        }
        assertThat(gcra.take("a", burst % n + 1)).as("after %s by %s", burst, n).isPositive();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {3, 7, 60, 99, 1_000_003})
  void keepsTheRateOverALongTime(long permits) {
    Gcra gcra = gcra(permits, SECOND, 1);
    long admitted = 0;
    long start = clock.get();
    for (int i = 0; i < 10_000; i++) {
      long wait = gcra.take("a", 1);
      admitted += wait == 0 ? 1 : 0;
      clock.addAndGet(wait);
    }
    double expected = (clock.get() - start) / 1e9 * permits;
    assertThat((double) admitted).isBetween(expected * 0.999, expected + 1);
  }

  @Test
  void allocatesNothing() throws Exception {
    Gcra gcra = gcra(10, SECOND, 3);
    long allocated =
        Allocation.of(
            100_000,
            () -> {
              clock.addAndGet(30 * MILLI);
              gcra.take("203.0.113.7", 1);
              gcra.available("203.0.113.7");
            });
    assertThat(allocated).isLessThan(10_000);
  }

  @Test
  void refusesBadLimits() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Gcra.of(0, SECOND, 1))
        .withMessageStartingWith("permits: 0 (expected: 1..");
    assertThatIllegalArgumentException().isThrownBy(() -> Gcra.of(Long.MAX_VALUE, SECOND, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Gcra.of(1, SECOND, 0))
        .withMessageStartingWith("burst: 0 (expected: 1..");
    assertThatIllegalArgumentException().isThrownBy(() -> Gcra.of(1, Duration.ZERO, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> Gcra.of(1, SECOND.negated(), 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Gcra.of(1, Duration.ofSeconds(Long.MAX_VALUE), 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Gcra.of(1, Duration.ofSeconds(Long.MIN_VALUE), 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Gcra.of(1, Duration.ofDays(1), Long.MAX_VALUE));
    assertThatIllegalArgumentException().isThrownBy(() -> Gcra.of(1, SECOND, 1, 0, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> gcra(1, SECOND, 1).take("a", -1))
        .withMessage("n: -1 (expected: 0 or more)");
  }

  @Test
  void runsOnTheSystemClock() {
    Gcra real = Gcra.of(1, Duration.ofDays(1), 1);
    assertThat(real.take("a", 1)).isZero();
    assertThat(real.take("a", 1)).isBetween(1L, Duration.ofDays(1).toNanos());
    assertThat(Gcra.of(1, SECOND, 1, clock::get).take("a", 1)).isZero();
  }
}

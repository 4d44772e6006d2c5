// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EstimatorTest {
  private final Estimator estimator = Estimator.of(4, 1024, new Random(1));

  @Test
  void addsUp() {
    assertThat(estimator.incr("a", 1)).isEqualTo(1);
    assertThat(estimator.incr("a", 2)).isEqualTo(3);
    assertThat(estimator.incr("b", 5)).isEqualTo(5);
    assertThat(estimator.get("a")).isEqualTo(3);
    assertThat(estimator.get("unseen")).isZero();
  }

  @Test
  void takesBack() {
    estimator.incr("a", 3);
    assertThat(estimator.decr("a", 1)).isEqualTo(2);
    assertThat(estimator.decr("a", 2)).isZero();
    assertThat(estimator.get("a")).isZero();
  }

  @Test
  void countsNumbersBoxedOrNotAsOneKey() {
    estimator.incr(7, 1);
    estimator.incr((Object) 7L, 1);
    assertThat(estimator.get(7)).isEqualTo(2);
    assertThat(estimator.decr(7, 2)).isZero();
  }

  @Test
  void forgetsOnReset() {
    estimator.incr("a", 3);
    estimator.reset();
    assertThat(estimator.get("a")).isZero();
    assertThat(estimator.incr("a", 1)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 64, 1000})
  void neverUnderestimates(int slots) {
    Estimator crowded = Estimator.of(3, slots, new Random(slots));
    Map<Integer, Long> truth = new HashMap<>();
    Random random = new Random(42);
    for (int i = 0; i < 50_000; i++) {
      int key = (int) Math.abs(random.nextGaussian() * 200);
      long n = random.nextInt(5);
      long expected = truth.merge(key, n, Long::sum);
      assertThat(crowded.incr(key, n)).isGreaterThanOrEqualTo(expected);
      if (i % 3 == 0 && expected > 0) {
        truth.merge(key, -1L, Long::sum);
        crowded.decr(key, 1);
      }
    }
    truth.forEach((key, count) -> assertThat(crowded.get(key)).isGreaterThanOrEqualTo(count));
  }

  @Test
  void staysWithinTheErrorOfThePaper() {
    // ε = e/1024 of all counts is exceeded with a probability of e⁻⁴ = 1.8 % at most.
    int keys = 10_000;
    for (int key = 0; key < keys; key++) {
      estimator.incr(key, 1);
    }
    long bound = 1 + Math.round(Math.E / 1024 * keys);
    int over = 0;
    for (int key = 0; key < keys; key++) {
      over += estimator.get(key) > bound ? 1 : 0;
    }
    assertThat(over).isLessThan(keys * 18 / 1000);
  }

  @Test
  void isExactForFewKeys() {
    for (int round = 1; round <= 3; round++) {
      for (int key = 0; key < 100; key++) {
        assertThat(estimator.incr("client-" + key, key)).isEqualTo((long) round * key);
      }
    }
  }

  @Test
  void usesEverySlot() {
    Rows rows = new Rows(2, 10, new Random(3));
    int[] hits = new int[20];
    for (long key = 0; key < 20_000; key++) {
      long hash = rows.hash(key);
      hits[rows.cell(hash, 0)]++;
      hits[rows.cell(hash, 1)]++;
    }
    // 2,000 are expected in each; six standard deviations are 270.
    assertThat(IntStream.of(hits)).allMatch(n -> n > 1_730 && n < 2_270);
  }

  @Test
  void spreadsKeysOfOneCellOverTheNextRow() {
    Rows rows = new Rows(2, 64, new Random(5));
    int[] second = new int[64];
    int met = 0;
    for (long key = 0; key < 64 * 640; key++) {
      long hash = rows.hash(key);
      if (rows.cell(hash, 0) == 0) {
        second[rows.cell(hash, 1) - 64]++;
        met++;
      }
    }
    assertThat(met).isBetween(500, 780);
    assertThat(IntStream.of(second)).allMatch(n -> n < 35);
  }

  @Test
  void saturatesInsteadOfWrapping() {
    for (int i = 0; i < 2_000; i++) {
      assertThat(estimator.incr("huge", Long.MAX_VALUE)).isPositive();
    }
    assertThat(estimator.get("huge")).isEqualTo(Rows.MAX_COUNT);
    for (int i = 0; i < 2_000; i++) {
      assertThat(estimator.decr("low", Long.MAX_VALUE)).isNegative();
    }
    assertThat(estimator.get("low")).isEqualTo(-Rows.MAX_COUNT);
  }

  @Test
  void losesNothingToRaces() throws Exception {
    int each = 50_000;
    Race.run(
        4,
        thread -> {
          for (int i = 0; i < each; i++) {
            estimator.incr("shared", 2);
            estimator.decr("shared", 1);
          }
        });
    assertThat(estimator.get("shared")).isEqualTo(4L * each);
  }

  @Test
  void answersNoMoreRacersThanALimitThatTheyAreWithinIt() throws Exception {
    int each = 2_000;
    for (int round = 0; round < 50; round++) {
      Estimator fresh = Estimator.of(4, 64, new Random(round));
      long[][] answers = new long[3][each];
      Race.run(
          3,
          thread -> {
            for (int i = 0; i < each; i++) {
              answers[thread][i] = fresh.incr("shared", 1);
            }
          });
      long[] sorted = Stream.of(answers).flatMapToLong(LongStream::of).sorted().toArray();
      for (int i = 0; i < sorted.length; i++) {
        // Had i + 1 additions been told i or less, a limit of i would have admitted i + 1.
        assertThat(sorted[i]).isGreaterThan(i);
      }
    }
  }

  @Test
  void allocatesNothing() throws Exception {
    byte[] bytes = {10, 0, 0, 1};
    long allocated =
        Allocation.of(
            100_000,
            () -> {
              estimator.incr("203.0.113.7", 1);
              estimator.incr(bytes, 1);
              estimator.incr(42, 1);
              estimator.decr(42, 1);
              estimator.get("203.0.113.7");
            });
    assertThat(allocated).isLessThan(10_000);
  }

  @Test
  void refusesBadGeometry() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Estimator.of(0, 1))
        .withMessage("hashes: 0 (expected: 1..16)");
    assertThatIllegalArgumentException().isThrownBy(() -> Estimator.of(17, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Estimator.of(1, -1))
        .withMessage("slots: -1 (expected: 1..16777216)");
    assertThatIllegalArgumentException().isThrownBy(() -> Estimator.of(1, (1 << 24) + 1));
  }

  @Test
  void refusesNegativeStepsAndNullKeys() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> estimator.incr("a", -1))
        .withMessage("n: -1 (expected: 0 or more)");
    assertThatIllegalArgumentException().isThrownBy(() -> estimator.decr("a", -1));
    assertThatNullPointerException().isThrownBy(() -> estimator.incr(nothing(), 1));
    assertThat(estimator.get("a")).isZero();
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
  private static Object nothing() {
    return null;
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Everyone gets its share: χ² over 50 backends, whose 0.999 quantile is 85.4 (49 degrees).
class EvennessTest {
  private static final double QUANTILE_49 = 85.4;
  private static final int PICKS = 100_000;

  private static Selection over(String name, List<Backend> backends) {
    Selection.Factory<? extends Selection> factory =
        Objects.requireNonNull(Sets.factories().get(name));
    return Sets.balancer(backends, factory).selection();
  }

  @ParameterizedTest
  @ValueSource(strings = {"random", "hash", "rendezvous"})
  void chanceAndHashesAreAsEvenAsChance(String name) {
    List<Backend> backends = Sets.even(50);
    long[] counts = Sets.count(over(name, backends), backends, PICKS);
    assertThat(Sets.chiSquare(counts, backends)).isBetween(20.0, QUANTILE_49);
  }

  @ParameterizedTest
  @ValueSource(strings = {"random", "hash", "rendezvous"})
  void chanceAndHashesFollowTheWeights(String name) {
    List<Backend> backends = Sets.of(50, i -> 1 + i % 7);
    long[] counts = Sets.count(over(name, backends), backends, PICKS);
    assertThat(Sets.chiSquare(counts, backends)).isBetween(20.0, QUANTILE_49);
  }

  @ParameterizedTest
  @ValueSource(strings = {"p2c", "ewma"})
  void choiceOfTwoIdleBackendsIsAsEvenAsChance(String name) {
    List<Backend> backends = Sets.even(50);
    long[] counts = Sets.count(over(name, backends), backends, PICKS);
    assertThat(Sets.chiSquare(counts, backends)).isLessThan(QUANTILE_49);
  }

  @ParameterizedTest
  @ValueSource(strings = {"round_robin", "least_requests"})
  void turnsAreExact(String name) {
    List<Backend> backends = Sets.even(50);
    long[] counts = Sets.count(over(name, backends), backends, PICKS);
    assertThat(counts).containsOnly(PICKS / 50);
  }

  @Test
  void maglevIsAsEvenAsChanceForItsTableIsExact() {
    List<Backend> backends = Sets.even(50);
    long[] counts = Sets.count(over("maglev", backends), backends, PICKS);
    assertThat(Sets.chiSquare(counts, backends)).isLessThan(QUANTILE_49);
    List<Backend> weighted = Sets.of(50, i -> 1 + i % 7);
    long[] byWeight = Sets.count(over("maglev", weighted), weighted, PICKS);
    assertThat(Sets.chiSquare(byWeight, weighted)).isLessThan(QUANTILE_49);
  }

  /// 160 points: each share deviates by about 8 %, so χ² is about picks/50 · 0.08² · 49 + 49.
  @ParameterizedTest
  @ValueSource(strings = {"consistent", "consistent, compact", "bounded_consistent"})
  void ringsAreAsEvenAsTheirPoints(String name) {
    List<Backend> backends = Sets.even(50);
    long[] counts = Sets.count(over(name, backends), backends, PICKS);
    assertThat(Sets.chiSquare(counts, backends)).isLessThan(2_000);
    for (long count : counts) {
      assertThat((double) count).isBetween(PICKS / 50 * 0.7, PICKS / 50 * 1.35);
    }
  }

  @Test
  void twoHashesOfAKeyAreIndependent() {
    // Keys of one slot of the ring, by FNV: their Maglev backends are as even as those of all.
    List<Backend> backends = Sets.even(50);
    Selection fnv = over("hash", backends);
    Selection maglev = over("maglev", backends);
    long[] counts = new long[50];
    for (int i = 0; i < 500_000; i++) {
      if (backends.getFirst().equals(fnv.first("k" + i))) {
        counts[backends.indexOf(maglev.first("k" + i))]++;
      }
    }
    assertThat(Sets.chiSquare(counts, backends)).isLessThan(QUANTILE_49);
  }

  /// The survivors of a failure share its work by weight: χ² again, over the 40 that are left
  /// (0.999 quantile of 39 degrees: 72.1).
  @ParameterizedTest
  @ValueSource(strings = {"random", "hash", "rendezvous", "maglev", "p2c", "ewma"})
  void workOfTheFallenIsSharedEvenly(String name) {
    List<Backend> backends = Sets.even(50);
    LoadBalancer<?> balancer =
        Sets.balancer(backends, Objects.requireNonNull(Sets.factories().get(name)));
    for (int i = 0; i < 10; i++) {
      balancer.enable(backends.get(i * 5).address(), false);
    }
    long[] counts = new long[50];
    for (int i = 0; i < PICKS; i++) {
      counts[backends.indexOf(balancer.select("key-" + i).orElseThrow())]++;
    }
    long[] left = new long[40];
    int at = 0;
    for (int i = 0; i < 50; i++) {
      if (i % 5 == 0) {
        assertThat(counts[i]).isZero();
      } else {
        left[at++] = counts[i];
      }
    }
    assertThat(Sets.chiSquare(left, Sets.even(40))).isLessThan(72.1);
  }

  @Test
  void turnsOfTheFallenAreSharedByWeight() {
    List<Backend> backends = Sets.of(10, i -> i < 5 ? 1 : 3);
    LoadBalancer<RoundRobin> balancer = Sets.balancer(backends, RoundRobin::of);
    balancer.enable(backends.get(0).address(), false);
    balancer.enable(backends.get(9).address(), false);
    int[] counts = new int[10];
    for (int i = 0; i < 16_000; i++) {
      counts[backends.indexOf(balancer.select(i).orElseThrow())]++;
    }
    assertThat(counts)
        .containsExactly(0, 1_000, 1_000, 1_000, 1_000, 3_000, 3_000, 3_000, 3_000, 0);
  }

  @Test
  void thousandsOfWeightsAreSpreadOverTheCycle() {
    int[] weights = new SplittableRandom(3).ints(5_000, 1, 20).toArray();
    int[] cycle = Turns.cycle(weights);
    int[] counts = new int[weights.length];
    int[] last = new int[weights.length];
    for (int turn = 0; turn < cycle.length; turn++) {
      int who = cycle[turn];
      if (counts[who]++ > 0) {
        double ideal = (double) cycle.length / weights[who];
        assertThat((double) (turn - last[who])).isBetween(ideal - 3_500, ideal + 3_500);
      }
      last[who] = turn;
    }
    assertThat(counts).isEqualTo(weights);
  }
}

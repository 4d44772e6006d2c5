// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Turns: each backend as often as its weight says, heavy ones spread.
class RoundRobinTest {
  private static List<Backend> backends(int... weights) {
    List<Backend> backends = new ArrayList<>();
    for (int i = 0; i < weights.length; i++) {
      backends.add(Backend.of("10.0.0." + (i + 1) + ":80", weights[i]));
    }
    return backends;
  }

  private static String turns(RoundRobin selection, int count) {
    StringBuilder turns = new StringBuilder();
    for (int i = 0; i < count; i++) {
      String text = Objects.requireNonNull(selection.first("key")).toString();
      turns.append(text.charAt("10.0.0.".length()));
    }
    return turns.toString();
  }

  @Test
  void equalBackendsComeInTheirOrder() {
    assertThat(turns(RoundRobin.of(backends(1, 1, 1), null), 7)).isEqualTo("1231231");
    assertThat(turns(RoundRobin.of(backends(5, 5), null), 5)).isEqualTo("12121");
  }

  @Test
  void turnsOfAHeavyBackendAreSpread() {
    assertThat(turns(RoundRobin.of(backends(5, 1, 1), null), 7))
        .isEqualTo("1121311"); // as nginx does
  }

  @Test
  void keyMakesNoDifference() {
    RoundRobin selection = RoundRobin.of(backends(1, 1), null);
    assertThat(selection.first("a")).isNotEqualTo(selection.first("a"));
  }

  @Test
  void backendOfWeightZeroIsNeverPicked() {
    assertThat(turns(RoundRobin.of(backends(1, 0, 1), null), 4)).isEqualTo("1313");
    assertThat(RoundRobin.of(backends(0, 0), null).first("key")).isNull();
    assertThat(RoundRobin.of(List.of(), null).first("key")).isNull();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void inEachCycleEveryBackendComesAsOftenAsItsWeight(long seed) {
    var random = new SplittableRandom(seed);
    for (int round = 0; round < 50; round++) {
      int[] weights = random.ints(random.nextInt(1, 9), 0, 20).toArray();
      weights[0] = Math.max(1, weights[0]);
      List<Backend> backends = backends(weights);
      RoundRobin selection = RoundRobin.of(backends, null);
      int total = 0;
      for (int weight : weights) {
        total += weight;
      }
      for (int cycle = 0; cycle < 2; cycle++) {
        Map<Backend, Integer> count = new HashMap<>();
        for (int i = 0; i < total; i++) {
          count.merge(Objects.requireNonNull(selection.first(i)), 1, Integer::sum);
        }
        for (int i = 0; i < weights.length; i++) {
          assertThat(count.getOrDefault(backends.get(i), 0)).isEqualTo(weights[i]);
        }
      }
    }
  }

  @Test
  void hugeWeightsAreScaledAndNobodyIsForgotten() {
    int max = Backend.MAX_WEIGHT;
    RoundRobin selection = RoundRobin.of(backends(max, max - 1, 1), null);
    Map<Backend, Integer> count = new HashMap<>();
    for (int i = 0; i < RoundRobin.MAX_TURNS; i++) {
      count.merge(Objects.requireNonNull(selection.first(i)), 1, Integer::sum);
    }
    assertThat(count).hasSize(3);
    assertThat(count.get(Backend.of("10.0.0.3:80", 1))).isBetween(1, 2);
    double ratio =
        (double) count.getOrDefault(Backend.of("10.0.0.1:80", max), 0)
            / count.getOrDefault(Backend.of("10.0.0.2:80", max - 1), 1);
    assertThat(ratio).isBetween(0.99, 1.01);
  }

  @Test
  void threadsShareTheTurnsWithoutLosingAny() throws Exception {
    RoundRobin selection = RoundRobin.of(backends(3, 1), null);
    Map<Backend, AtomicInteger> count = new ConcurrentHashMap<>();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 10_000; i++) {
                  Backend next = Objects.requireNonNull(selection.first(i));
                  count.computeIfAbsent(next, _ -> new AtomicInteger()).incrementAndGet();
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(count.get(Backend.of("10.0.0.1:80", 3))).hasValue(30_000);
    assertThat(count.get(Backend.of("10.0.0.2:80", 1))).hasValue(10_000);
  }

  // --- the balancer around it ---

  @Test
  void balancerOfAddressesTakesEachInTurn() {
    LoadBalancer<RoundRobin> balancer = LoadBalancer.roundRobin("10.0.0.1:80", "10.0.0.2:80");
    assertThat(balancer.select("x")).contains(Backend.of("10.0.0.1:80"));
    assertThat(balancer.select("x")).contains(Backend.of("10.0.0.2:80"));
    assertThat(balancer.select("x")).contains(Backend.of("10.0.0.1:80"));
    assertThat(balancer.name()).isEqualTo("upstreams");
    assertThatThrownBy(() -> LoadBalancer.roundRobin("nowhere"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void balancerKeepsItsListAndItsName() {
    List<Backend> list = new ArrayList<>(backends(1, 2));
    LoadBalancer<RoundRobin> balancer = LoadBalancer.of("app", list, RoundRobin::of);
    list.clear();
    assertThat(balancer.backends()).isEqualTo(backends(1, 2));
    assertThat(balancer.name()).isEqualTo("app");
    assertThat(LoadBalancer.of("none", List.of(), RoundRobin::of).select("x")).isEmpty();
  }

  @Test
  void anySelectionCanBePluggedIn() {
    Selection last = key -> Backend.of("10.9.9.9:" + key);
    LoadBalancer<Selection> balancer = LoadBalancer.of("own", backends(1), (_, _) -> last);
    assertThat(balancer.select(81)).contains(Backend.of("10.9.9.9:81"));
  }
}

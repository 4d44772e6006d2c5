// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.testkit.FakeTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The pieces that selections are made of, against simple models of them.
class PartsTest {
  // --- latency ---

  /// What a backend keeps, for one thread.
  private static final class Average {
    private long packed;

    void observe(long nanos, long now) {
      packed = Latency.with(packed, nanos, now);
    }

    float at(long now) {
      return Latency.at(packed, now);
    }
  }

  private static long seconds(double s) {
    return (long) (s * 1e9);
  }

  @Test
  void slowResponseIsBelievedAtOnceAndForgottenSlowly() {
    Average latency = new Average();
    long now = Long.MAX_VALUE - seconds(5); // wraps around
    assertThat(latency.at(now)).isZero();
    latency.observe(1_000_000, now);
    latency.observe(9_000_000, now);
    assertThat(latency.at(now)).isEqualTo(9e6f);
    latency.observe(1_000_000, now);
    assertThat((double) latency.at(now)).isCloseTo(9e6, within(1e4));
    for (int i = 0; i < 1_000; i++) {
      now += seconds(0.1);
      latency.observe(1_000_000, now);
    }
    assertThat((double) latency.at(now)).isCloseTo(1e6, within(2e4));
  }

  @Test
  void averageFadesWhenNobodyAsks() {
    Average latency = new Average();
    latency.observe(8_000_000, 0);
    assertThat(latency.at(1L << 30)).isEqualTo(4e6f); // the half-life
    assertThat(latency.at(3L << 30)).isEqualTo(1e6f);
    assertThat((double) latency.at(3L << 29)).isCloseTo(8e6 / Math.pow(2, 1.5), within(2e5));
    assertThat(latency.at(seconds(1e6))).isPositive().isLessThan(1e-30f); // known, but no more
  }

  @Test
  void timeThatGoesBackChangesLittle() {
    Average latency = new Average();
    latency.observe(5_000_000, seconds(100));
    assertThat(latency.at(0)).isEqualTo(5e6f);
    latency.observe(1_000_000, 0);
    assertThat((double) latency.at(seconds(100))).isCloseTo(5e6, within(1e4));
    latency.observe(-5, seconds(100));
    assertThat(latency.at(seconds(100))).isPositive();
  }

  // --- failure window ---

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void windowAgreesWithASimpleModel(long seed) {
    CircuitBreaker rules = new CircuitBreaker(0.4, 8, Duration.ofSeconds(1), Duration.ofSeconds(1));
    FailureWindow window = new FailureWindow(rules);
    SplittableRandom random = new SplittableRandom(seed);
    long now = Long.MAX_VALUE - seconds(1000);
    long period = 0;
    int attempts = 0;
    int failures = 0;
    for (int i = 0; i < 20_000; i++) {
      now += seconds(random.nextInt(50) == 0 ? random.nextDouble(3) : random.nextDouble(0.02));
      long current = Math.floorDiv(now, seconds(1));
      if (current == period + 1) {
        attempts /= 2;
        failures /= 2;
      } else if (current != period) {
        attempts = 0;
        failures = 0;
      }
      period = current;
      boolean failed = random.nextInt(5) < 2;
      attempts++;
      failures += failed ? 1 : 0;
      boolean open = attempts >= 8 && failures >= 0.4 * attempts;
      assertThat(window.add(now, failed)).isEqualTo(open);
    }
  }

  @Test
  void windowBeginsAtAnyMomentAndAfterAnyPause() {
    CircuitBreaker rules = new CircuitBreaker(1, 2, Duration.ofMillis(1), Duration.ofSeconds(1));
    for (long begin = Long.MIN_VALUE / 2;
        begin < Long.MAX_VALUE / 3;
        begin += Long.MAX_VALUE / 99) {
      FailureWindow window = new FailureWindow(rules);
      for (long pause : new long[] {0, seconds(9_000), seconds(80_000), -seconds(1)}) {
        assertThat(window.add(begin + pause, true)).isFalse();
        assertThat(window.add(begin + pause, true)).isTrue();
      }
    }
  }

  // --- tables ---

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aliasTableHoldsEveryShareExactly(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Backend> backends = Sets.of(1 + random.nextInt(40), _ -> random.nextInt(1, 200));
    AliasTable table = AliasTable.of(backends);
    double total = backends.stream().mapToInt(Backend::weight).sum();
    Map<Backend, Double> shares = new HashMap<>();
    int n = backends.size();
    int steps = 4_096;
    for (int column = 0; column < n; column++) {
      for (int step = 0; step < steps; step++) {
        long high = (((long) column << 32) + (1L << 31)) / n; // the middle of the column
        long low = step * (0x8000_0000L / steps);
        Backend picked = table.pick(high << 32 | low);
        shares.merge(picked, 1.0 / steps / n, Double::sum);
      }
    }
    for (Backend backend : backends) {
      assertThat(shares.getOrDefault(backend, 0.0))
          .isCloseTo(backend.weight() / total, within(1.0 / steps));
    }
  }

  /// The paper's pseudocode, with sets in place of arrays.
  @Test
  void maglevFillsItsTableAsThePaperSays() {
    List<Backend> backends = Sets.even(7);
    List<Backend> sorted = new ArrayList<>(backends);
    sorted.sort(Comparator.comparingLong(Backend::id));
    int size = 1_021;
    List<Iterator<Integer>> preferences = new ArrayList<>();
    for (Backend backend : sorted) {
      int offset = HashKeys.reduce(backend.id(), size);
      int skip = 1 + HashKeys.reduce(HashKeys.mix(backend.id()), size - 1);
      List<Integer> order = new ArrayList<>();
      for (long j = 0; j < size; j++) {
        order.add((int) ((offset + j * skip) % size));
      }
      assertThat(order).doesNotHaveDuplicates();
      preferences.add(order.iterator());
    }
    Map<Integer, Backend> table = new HashMap<>();
    while (table.size() < size) {
      for (int i = 0; i < 7 && table.size() < size; i++) {
        int slot = preferences.get(i).next();
        while (table.containsKey(slot)) {
          slot = preferences.get(i).next();
        }
        table.put(slot, sorted.get(i));
      }
    }
    Maglev maglev = Maglev.of(backends, null);
    for (int i = 0; i < 5_000; i++) {
      int slot = HashKeys.reduce(HashKeys.hash("k" + i), size);
      assertThat(maglev.first("k" + i)).isEqualTo(table.get(slot));
    }
  }

  @Test
  void rendezvousDescendsByScore() {
    List<Backend> backends = Sets.of(30, i -> 1 + i % 4);
    Rendezvous selection = Rendezvous.of(backends, null);
    for (int i = 0; i < 100; i++) {
      String key = "k" + i;
      List<Backend> expected = new ArrayList<>(backends);
      expected.sort(
          Comparator.comparingDouble(b -> {
            long bits = HashKeys.mix(HashKeys.hash(key) ^ b.id()) >>> 11;
            return -b.weight() / -Math.log((bits + 0.5) / (1L << 53));
          }));
      List<Backend> actual = new ArrayList<>();
      actual.add(Objects.requireNonNull(selection.first(key)));
      selection.further(key).forEachRemaining(actual::add);
      assertThat(actual).isEqualTo(expected);
    }
  }

  /// Pingora's `test_fnv`, and the vectors of RFC 9923.
  @Test
  void fnvIsFnv() {
    assertThat(FnvHash.fnv1a(new byte[0])).isEqualTo(0xcbf29ce484222325L);
    assertThat(FnvHash.fnv1a("a".getBytes(java.nio.charset.StandardCharsets.US_ASCII)))
        .isEqualTo(0xaf63dc4c8601ec8cL);
    assertThat(FnvHash.fnv1a("foobar".getBytes(java.nio.charset.StandardCharsets.US_ASCII)))
        .isEqualTo(0x85944171f73967e8L);
  }

  // --- those that look at the load ---

  @Test
  void leastRequestsTakesWhoHasFewestForItsWeight() {
    List<Backend> backends = Sets.of(3, i -> i == 0 ? 4 : 1);
    LoadBalancer<LeastRequests> balancer = Sets.balancer(backends, LeastRequests::of);
    int[] load = new int[3];
    for (int i = 0; i < 60; i++) {
      Backend picked = balancer.select(i).orElseThrow();
      assertThat(picked.attemptStarted()).isTrue();
      load[backends.indexOf(picked)]++;
    }
    assertThat(load).containsExactly(40, 10, 10);
  }

  @Test
  void choiceOfTwoKeepsTheFullestNearTheAverage() {
    List<Backend> backends = Sets.even(100);
    int worstOfTwo = fullest(backends, PowerOfTwo.by(new SplittableRandom(5)));
    int worstOfOne = fullest(backends, RandomChoice.by(new SplittableRandom(5)));
    assertThat(worstOfTwo).isLessThanOrEqualTo(10 + 3);
    assertThat(worstOfOne).isGreaterThan(10 + 5);
  }

  private static int fullest(
      List<Backend> backends, Selection.Factory<? extends Selection> factory) {
    LoadBalancer<?> balancer = Sets.balancer(backends, factory);
    for (int i = 0; i < 1_000; i++) {
      assertThat(balancer.select(i).orElseThrow().attemptStarted()).isTrue();
    }
    return balancer.backends().stream().mapToInt(Backend::inFlight).max().orElseThrow();
  }

  @Test
  void slowBackendLosesWorkBeforeItFails() {
    FakeTicker ticker = new FakeTicker();
    LoadBalancer<PeakEwma> balancer =
        LoadBalancer.builder("t", PeakEwma.by(new SplittableRandom(5)))
            .backends(Sets.even(4))
            .ticker(ticker::nanoTime)
            .build();
    int[] counts = new int[4];
    for (int i = 0; i < 4_000; i++) {
      Backend picked = balancer.select(i).orElseThrow();
      int place = balancer.backends().indexOf(picked);
      counts[place]++;
      assertThat(picked.attemptStarted()).isTrue();
      long nanos = place == 2 ? 50_000_000 : 1_000_000;
      ticker.advance(Duration.ofMillis(1));
      picked.firstByte(nanos, 200);
      picked.attemptEnded(nanos, 200, null);
    }
    assertThat(counts[2]).isLessThan(20);
    assertThat(Arrays.stream(counts).sum() - counts[2]).isGreaterThan(3_980);
  }

  /// What a backend was like at the start of the process, or when it failed, is not held against it
  /// for longer than seconds.
  @Test
  void backendThatFailedComesBack() {
    FakeTicker ticker = new FakeTicker();
    LoadBalancer<PeakEwma> balancer =
        LoadBalancer.builder("t", PeakEwma.by(new SplittableRandom(5)))
            .backends(Sets.even(4))
            .ticker(ticker::nanoTime)
            .build();
    Backend ill = balancer.backends().get(2);
    assertThat(ill.attemptStarted()).isTrue();
    ill.attemptEnded(1_000, 0, ProxyException.upstream(ErrorKind.CONNECT_REFUSED, "gone"));
    SplittableRandom random = new SplittableRandom(6);
    int[] counts = new int[3];
    for (int i = 0; i < 30_000; i++) {
      Backend picked = balancer.select(i).orElseThrow();
      counts[i / 10_000] += picked.equals(ill) ? 1 : 0;
      assertThat(picked.attemptStarted()).isTrue();
      ticker.advance(Duration.ofMillis(1));
      long nanos = random.nextLong(150_000, 250_000);
      picked.firstByte(nanos, 200);
      picked.attemptEnded(nanos, 200, null);
    }
    assertThat(counts[0]).isLessThan(200);
    assertThat(counts[2]).isBetween(2_000, 3_000); // a quarter
  }

  @Test
  void newBackendIsTriedByOneRequest() {
    LoadBalancer<PeakEwma> balancer =
        Sets.balancer(Sets.even(2), PeakEwma.by(new SplittableRandom(5)));
    Backend known = balancer.backends().getFirst();
    assertThat(known.attemptStarted()).isTrue();
    known.firstByte(5_000_000, 200);
    known.attemptEnded(5_000_000, 200, null);
    int[] counts = new int[2];
    for (int i = 0; i < 100; i++) {
      Backend picked = balancer.select(i).orElseThrow();
      counts[balancer.backends().indexOf(picked)]++;
      assertThat(picked.attemptStarted()).isTrue();
    }
    assertThat(counts[1]).isEqualTo(1); // the others wait for what it answers
  }

  @Test
  void boundedLoadOverflowsToNeighbours() {
    List<Backend> backends = Sets.even(10);
    LoadBalancer<BoundedLoad> balancer = Sets.balancer(backends, BoundedLoad::of);
    int[] load = new int[10];
    for (int i = 0; i < 1_000; i++) {
      Backend picked = balancer.select("everybody's").orElseThrow();
      assertThat(picked.attemptStarted()).isTrue();
      load[backends.indexOf(picked)]++;
      assertThat(picked.inFlight()).isLessThanOrEqualTo((int) Math.ceil(1.25 * (i + 1) / 10));
    }
    assertThat(Arrays.stream(load).max().orElseThrow()).isEqualTo(125);
    for (Backend backend : balancer.backends()) {
      while (backend.inFlight() > 0) {
        backend.attemptEnded(1, 200, null);
      }
    }
    assertThat(balancer.select("everybody's"))
        .contains(Objects.requireNonNull(Ketama.of(backends, null).first("everybody's")));
  }

  // --- wrappers ---

  @Test
  void newBackendComesToItsShareByAndBy() throws Exception {
    FakeTicker ticker = new FakeTicker();
    StaticDiscovery discovery = StaticDiscovery.of(Sets.even(3));
    LoadBalancer<SlowStart<RoundRobin>> balancer =
        LoadBalancer.builder(
                "t",
                SlowStart.over(Duration.ofSeconds(100), RoundRobin::of, new SplittableRandom(5)))
            .discovery(discovery)
            .ticker(ticker::nanoTime)
            .build();
    assertThat(share(balancer, 2)).isCloseTo(1 / 3.0, within(0.001)); // the first set is warm
    discovery.set(Sets.even(4));
    balancer.update();
    assertThat(share(balancer, 3)).isCloseTo(0.025, within(0.01));
    ticker.advance(Duration.ofSeconds(50));
    report(balancer);
    assertThat(share(balancer, 3)).isCloseTo(0.125, within(0.02));
    ticker.advance(Duration.ofSeconds(50));
    report(balancer);
    assertThat(share(balancer, 3)).isCloseTo(0.25, within(0.001));
    Sets.state(balancer, 1).checked(false, 1, "");
    Sets.state(balancer, 1).checked(true, 1, "");
    report(balancer);
    assertThat(share(balancer, 1)).isCloseTo(0.025, within(0.01)); // was ill: is cold
  }

  private static void report(LoadBalancer<?> balancer) {
    balancer.backends().getFirst().firstByte(1, 200);
  }

  private static double share(LoadBalancer<?> balancer, int place) {
    int count = 0;
    for (int i = 0; i < 6_000; i++) {
      count += balancer.backends().indexOf(balancer.select(i).orElseThrow()) == place ? 1 : 0;
    }
    return count / 6_000.0;
  }

  @Test
  void ownZoneServesWhileEnoughOfItIsWell() {
    List<Backend> backends = new ArrayList<>();
    for (Backend backend : Sets.even(20)) {
      backends.add(backend.with(new Zone(backends.size() < 10 ? "home" : "away")));
    }
    LoadBalancer<ZonePreference<RoundRobin>> balancer =
        Sets.balancer(backends, ZonePreference.of("home", RoundRobin::of, new SplittableRandom(5)));
    assertThat(homeShare(balancer)).isEqualTo(1);
    for (int i = 0; i < 2; i++) {
      balancer.enable(backends.get(i).address(), false);
    }
    assertThat(homeShare(balancer)).isEqualTo(1);
    for (int i = 2; i < 5; i++) {
      balancer.enable(backends.get(i).address(), false);
    }
    assertThat(homeShare(balancer)).isCloseTo(0.7, within(0.03));
    for (int i = 5; i < 10; i++) {
      balancer.enable(backends.get(i).address(), false);
    }
    assertThat(homeShare(balancer)).isZero();
    LoadBalancer<?> elsewhere = Sets.balancer(backends, ZonePreference.of("moon", RoundRobin::of));
    assertThat(elsewhere.select("x")).isPresent();
  }

  private static double homeShare(LoadBalancer<?> balancer) {
    int home = 0;
    for (int i = 0; i < 5_000; i++) {
      Zone zone = balancer.select(i).orElseThrow().extension(Zone.class);
      home += new Zone("home").equals(zone) ? 1 : 0;
    }
    return home / 5_000.0;
  }

  @Test
  void subsetIsLeftOnlyWhenNobodyOfItIsWell() {
    List<Backend> backends = new ArrayList<>();
    for (Backend backend : Sets.even(6)) {
      backends.add(backends.size() < 2 ? backend.with("canary") : backend);
    }
    LoadBalancer<?> balancer =
        Sets.balancer(
            backends,
            Subset.where(b -> "canary".equals(b.extension(String.class)), RoundRobin::of));
    for (int i = 0; i < 20; i++) {
      assertThat(balancer.backends().indexOf(balancer.select(i).orElseThrow())).isLessThan(2);
    }
    balancer.enable(backends.get(0).address(), false);
    assertThat(balancer.select("x")).contains(backends.get(1));
    balancer.enable(backends.get(1).address(), false);
    assertThat(balancer.select("x")).isPresent();
  }
}

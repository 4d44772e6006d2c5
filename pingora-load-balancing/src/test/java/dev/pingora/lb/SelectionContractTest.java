// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What every selection promises, whatever the set.
class SelectionContractTest {
  static Stream<String> all() {
    return Sets.factories().keySet().stream();
  }

  private static Selection.Factory<? extends Selection> factory(String name) {
    return Objects.requireNonNull(Sets.factories().get(name));
  }

  @ParameterizedTest
  @MethodSource("all")
  void nobodyIsPickedFromNobody(String name) {
    for (List<Backend> none : List.of(List.<Backend>of(), Sets.of(3, _ -> 0))) {
      LoadBalancer<?> balancer = Sets.balancer(none, factory(name));
      assertThat(balancer.selection().first("x")).isNull();
      assertThat(balancer.selection().further("x").hasNext()).isFalse();
      assertThat(balancer.select("x")).isEmpty();
      assertThat(balancer.select("x", 10)).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void weightZeroDrains(String name) {
    LoadBalancer<?> balancer = Sets.balancer(Sets.of(10, i -> i % 2), factory(name));
    for (int i = 0; i < 1_000; i++) {
      assertThat(balancer.select("k" + i).orElseThrow().weight()).isEqualTo(1);
    }
    balancer.backends().stream()
        .filter(b -> b.weight() == 1)
        .skip(1)
        .forEach(b -> balancer.enable(b.address(), false));
    assertThat(balancer.select("k")).contains(balancer.backends().get(1));
    balancer.enable(balancer.backends().get(1).address(), false);
    assertThat(balancer.select("k")).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("all")
  void lastOneReadyIsFoundAmongMany(String name) {
    List<Backend> backends = Sets.even(70);
    LoadBalancer<?> balancer = Sets.balancer(backends, factory(name));
    for (int i = 0; i < 70; i++) {
      balancer.enable(backends.get(i).address(), i == 57);
    }
    for (int i = 0; i < 20; i++) {
      assertThat(balancer.select("k" + i)).contains(backends.get(57));
    }
    balancer.enable(backends.get(57).address(), false);
    assertThat(balancer.select("k")).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("all")
  void furtherCandidatesComeToEverybody(String name) {
    List<Backend> backends = Sets.even(6);
    Selection selection = Sets.balancer(backends, factory(name)).selection();
    Set<Backend> seen = new HashSet<>();
    seen.add(Objects.requireNonNull(selection.first("key")));
    Iterator<Backend> further = selection.further("key");
    for (int i = 0; i < 3_000 && further.hasNext(); i++) {
      seen.add(further.next());
    }
    assertThat(seen).hasSameElementsAs(backends);
  }

  @ParameterizedTest
  @MethodSource("all")
  void hugeWeightsDoNotOverflow(String name) {
    for (int size : new int[] {1, 1_000}) {
      List<Backend> backends = Sets.of(size, _ -> Backend.MAX_WEIGHT);
      Selection selection = Sets.balancer(backends, factory(name)).selection();
      for (int i = 0; i < 100; i++) {
        assertThat(backends).contains(Objects.requireNonNull(selection.first("k" + i)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void lightBackendBesideHeavyOnesIsNotForgotten(String name) {
    List<Backend> backends = Sets.of(40, i -> i == 0 ? 1 : Backend.MAX_WEIGHT - i);
    LoadBalancer<?> balancer = Sets.balancer(backends, factory(name));
    backends.stream().skip(1).forEach(b -> balancer.enable(b.address(), false));
    assertThat(balancer.select("any")).contains(backends.getFirst());
  }

  @ParameterizedTest
  @MethodSource("all")
  void keysOfEveryKindAreTaken(String name) {
    Selection selection = Sets.balancer(Sets.even(5), factory(name)).selection();
    List<Object> keys =
        List.of(
            "text",
            "ümläut",
            "",
            new byte[] {1, 2, -3},
            42,
            Backend.of("10.1.1.1:5").address(),
            Backend.of("[2001:db8::1]:5").address(),
            Backend.of("name.example:5").address(),
            Backend.of("unix:/run/client").address());
    for (Object key : keys) {
      assertThat(selection.first(key)).isNotNull();
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void portOfAClientMakesNoDifference(String name) {
    if (!Sets.consistent().containsKey(name) && !name.equals("hash")) {
      return;
    }
    Selection selection = Sets.balancer(Sets.even(50), factory(name)).selection();
    for (String ip : List.of("10.1.2.3", "[2001:db8::7]")) {
      assertThat(selection.first(Backend.of(ip + ":1000").address()))
          .isEqualTo(selection.first(Backend.of(ip + ":2000").address()));
    }
  }

  /// Threads that pick while the set is replaced and backends come and go see a backend of some
  /// set, and never nobody.
  @ParameterizedTest
  @MethodSource("all")
  void picksGoOnWhileTheSetChanges(String name) throws Exception {
    StaticDiscovery discovery = StaticDiscovery.of(Sets.even(20));
    LoadBalancer<?> balancer =
        LoadBalancer.builder("test", factory(name)).discovery(discovery).build();
    Thread picker =
        Thread.ofPlatform()
            .start(() -> {
              for (int i = 0; !Thread.currentThread().isInterrupted(); i++) {
                Backend backend = balancer.select("k" + i).orElse(null);
                if (backend == null) {
                  throw new AssertionError("nobody");
                }
                if (backend.attemptStarted()) {
                  backend.attemptEnded(1_000, 200, null);
                }
              }
            });
    boolean[] failed = {false};
    picker.setUncaughtExceptionHandler((_, _) -> failed[0] = true);
    SplittableRandom random = new SplittableRandom(9);
    for (int i = 0; i < 100; i++) {
      discovery.set(Sets.of(1 + random.nextInt(40), _ -> 1 + random.nextInt(5)));
      balancer.update();
    }
    picker.interrupt();
    picker.join();
    assertThat(failed[0]).isFalse();
  }
}

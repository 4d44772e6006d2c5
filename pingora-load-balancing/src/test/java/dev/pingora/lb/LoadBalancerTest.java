// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Updates, the walk over candidates, and what survives.
class LoadBalancerTest {
  private final List<Backend> backends = Sets.even(4);

  /// Candidates in a fixed order, repeats included.
  private LoadBalancer<Selection> order(int... places) {
    return LoadBalancer.of("t", backends, (_, _) -> new Scripted(places));
  }

  private final class Scripted implements Selection {
    private final int[] places;

    Scripted(int[] places) {
      this.places = places;
    }

    @Override
    public Backend first(Object key) {
      return backends.get(places[0]);
    }

    @Override
    public Iterator<Backend> further(Object key) {
      List<Backend> rest = new ArrayList<>();
      for (int i = 1; i < places.length; i++) {
        rest.add(backends.get(places[i]));
      }
      return rest.iterator();
    }
  }

  // --- unique iteration ---

  @Test
  void eachCandidateIsAskedAboutOnceInOrder() {
    List<Backend> asked = new ArrayList<>();
    assertThat(
            order(2, 2, 0, 2, 3)
                .select(
                    "x",
                    10,
                    (backend, ready) -> {
                      assertThat(ready).isTrue();
                      asked.add(backend);
                      return false;
                    }))
        .isEmpty();
    assertThat(asked).containsExactly(backends.get(2), backends.get(0), backends.get(3));
  }

  @Test
  void repeatedCandidatesCountAsIterations() {
    LoadBalancer.Acceptance third = (backend, _) -> backend.equals(backends.get(3));
    assertThat(order(2, 2, 0, 2, 3).select("x", 5, third)).contains(backends.get(3));
    assertThat(order(2, 2, 0, 2, 3).select("x", 4, third)).isEmpty();
    assertThatThrownBy(() -> order(1).select("x", 0, third))
        .hasMessage("maxIterations: 0 (expected: 1 or more)");
  }

  @Test
  void withoutABoundEverybodyIsAsked() {
    LoadBalancer<?> balancer =
        LoadBalancer.of("t", backends, (all, _) -> (Selection) _ -> all.getFirst());
    balancer.enable(backends.get(0).address(), false);
    balancer.enable(backends.get(1).address(), false);
    balancer.enable(backends.get(3).address(), false);
    assertThat(balancer.select("x")).contains(backends.get(2));
    assertThat(balancer.select("x", 100)).isEmpty(); // the selection names one only
  }

  @Test
  void userMayAcceptWhoIsNotReady() {
    LoadBalancer<?> balancer = LoadBalancer.of("t", backends, RoundRobin::of);
    backends.forEach(b -> balancer.enable(b.address(), false));
    assertThat(balancer.select("x", 10)).isEmpty();
    assertThat(balancer.select("x", 10, (_, ready) -> !ready)).isPresent();
  }

  // --- updates ---

  @Test
  void statesSurviveUpdatesThatKeepTheAddress() throws Exception {
    StaticDiscovery discovery = StaticDiscovery.of(backends);
    LoadBalancer<RoundRobin> balancer =
        LoadBalancer.builder("t", RoundRobin::of).discovery(discovery).build();
    Backend ill = backends.get(1);
    Sets.state(balancer, ill.address()).checked(false, 1, "");
    assertThat(balancer.backends().get(2).attemptStarted()).isTrue();

    discovery.set(List.of(backends.get(2), Backend.of(ill.address(), 7), Backend.of("10.9.9.9:1")));
    balancer.update();
    assertThat(balancer.backends()).isEqualTo(discovery.backends());
    assertThat(balancer.backends().get(0).inFlight()).isEqualTo(1);
    assertThat(balancer.backends().get(1).isReady()).isFalse(); // another weight, the same server
    assertThat(balancer.backends().get(2).isReady()).isTrue();
    assertThat(balancer.status().ready()).isEqualTo(2);

    discovery.set(List.of(Backend.of("10.9.9.9:1")));
    balancer.update();
    discovery.set(List.of(ill));
    balancer.update();
    assertThat(balancer.backends().getFirst().isReady()).isTrue(); // gone and come again: unknown
    assertThat(balancer.status().ready()).isEqualTo(1);
  }

  @Test
  void equalSetBuildsNothing() throws Exception {
    int[] built = {0};
    StaticDiscovery discovery = StaticDiscovery.of(backends);
    LoadBalancer<RoundRobin> balancer =
        LoadBalancer.builder(
                "t",
                (List<Backend> all, @Nullable RoundRobin previous) -> {
                  built[0]++;
                  return RoundRobin.of(all, previous);
                })
            .discovery(discovery)
            .build();
    int before = built[0];
    balancer.update();
    discovery.set(Sets.even(4));
    balancer.update();
    assertThat(built[0]).isEqualTo(before);
    discovery.set(Sets.even(3));
    balancer.update();
    assertThat(built[0]).isEqualTo(before + 1);
  }

  @Test
  void extensionsSurviveAndFollowUpdates() throws Exception {
    StaticDiscovery discovery =
        StaticDiscovery.of(List.of(Backend.of("10.0.0.1:80").with(new Zone("a")).with("text")));
    LoadBalancer<RoundRobin> balancer =
        LoadBalancer.builder("t", RoundRobin::of)
            .discovery(discovery)
            .prepare(b -> b.with(Objects.hash(b)))
            .build();
    Backend backend = balancer.select("x").orElseThrow();
    assertThat(backend.extension(Zone.class)).isEqualTo(new Zone("a"));
    assertThat(backend.extension(String.class)).isEqualTo("text");
    assertThat(backend.extension(Integer.class)).isNotNull();
    assertThat(backend.extension(Long.class)).isNull();
    balancer.update();
    assertThat(balancer.select("x").orElseThrow()).isSameAs(backend);
    discovery.set(List.of(Backend.of("10.0.0.1:80").with(new Zone("b"))));
    balancer.update();
    assertThat(balancer.select("x").orElseThrow().extension(Zone.class)).isEqualTo(new Zone("b"));
    assertThat(balancer.select("x").orElseThrow().state()).isSameAs(backend.state());
  }

  @Test
  void ofDoublesTheFirstCounts() {
    LoadBalancer<?> balancer =
        LoadBalancer.of(
            "t",
            List.of(Backend.of("10.0.0.1:80", 3), Backend.of("10.0.0.1:80"), backends.get(2)),
            RoundRobin::of);
    assertThat(balancer.backends()).containsExactly(Backend.of("10.0.0.1:80", 3), backends.get(2));
    assertThat(Objects.requireNonNull(balancer.status().discovery()).doubles()).isEqualTo(1);
  }

  @Test
  void discoveryMayEnableAndDisable() throws Exception {
    Map<String, Boolean> enabled = new HashMap<>();
    enabled.put("10.0.0.1:80", false);
    LoadBalancer<RoundRobin> balancer =
        LoadBalancer.builder("t", RoundRobin::of)
            .discovery(_ -> new Discovery.Discovered(backends, enabled, null))
            .build();
    balancer.update();
    assertThat(balancer.backends()).filteredOn(b -> !b.isReady()).containsExactly(backends.get(1));
    enabled.clear();
    balancer.update();
    assertThat(balancer.backends().get(1).isReady()).isFalse(); // not named: as it was
    enabled.put("10.0.0.1:80", true);
    balancer.update();
    assertThat(balancer.backends().get(1).isReady()).isTrue();
  }

  @Test
  void failedDiscoveryChangesNothing() throws Exception {
    boolean[] fails = {false};
    LoadBalancer<RoundRobin> balancer =
        LoadBalancer.builder("t", RoundRobin::of)
            .discovery(_ -> {
              if (fails[0]) {
                throw new java.io.IOException("nobody home");
              }
              return Discovery.Discovered.of(backends);
            })
            .build();
    balancer.update();
    fails[0] = true;
    assertThatThrownBy(balancer::update).hasMessage("nobody home");
    assertThat(balancer.backends()).isEqualTo(backends);
  }

  @Test
  void tooManyBackendsAreRefusedAndTheOldStay() throws Exception {
    StaticDiscovery discovery = StaticDiscovery.of(backends);
    LoadBalancer<RandomChoice> balancer =
        LoadBalancer.builder("t", RandomChoice::of).discovery(discovery).build();
    discovery.set(Sets.even(Backends.MAX_BACKENDS + 1));
    assertThatThrownBy(balancer::update)
        .hasMessage("backends: 65536 (expected: 0.." + Backends.MAX_BACKENDS + ")");
    assertThat(balancer.backends()).isEqualTo(backends);
    assertThat(balancer.status().ready()).isEqualTo(4);
  }

  @Test
  void selectionThatCannotBeBuiltLeavesEverythingAsItWas() {
    StaticDiscovery discovery = StaticDiscovery.of(backends);
    LoadBalancer<RoundRobin> balancer =
        LoadBalancer.builder(
                "t",
                (List<Backend> all, @Nullable RoundRobin previous) -> {
                  if (all.size() > 4) {
                    throw new IllegalArgumentException("too many");
                  }
                  return RoundRobin.of(all, previous);
                })
            .discovery(discovery)
            .build();
    discovery.set(Sets.even(9));
    assertThatThrownBy(balancer::update).hasMessage("too many");
    assertThat(balancer.status().toString()).startsWith("t: 4 of 4 ready");
  }

  /// Inventory `test_consistency`: whoever sees the new backends selects among them.
  @Test
  void selectionIsThereWithTheSet() throws Exception {
    StaticDiscovery discovery = StaticDiscovery.of(List.of());
    LoadBalancer<Ketama> balancer =
        LoadBalancer.builder("t", Ketama::of).discovery(discovery).build();
    Thread updater =
        Thread.ofPlatform()
            .start(() -> {
              discovery.set(Sets.even(3_000));
              try {
                balancer.update();
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            });
    while (balancer.backends().isEmpty()) {
      Thread.onSpinWait();
    }
    assertThat(balancer.select("x")).isPresent();
    updater.join();
  }

  /// Random updates, checks and ejections against a map that says what must be.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void agreesWithASimpleModel(long seed) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    StaticDiscovery discovery = StaticDiscovery.of(List.of());
    LoadBalancer<RandomChoice> balancer =
        LoadBalancer.builder("t", RandomChoice::of).discovery(discovery).build();
    List<Backend> universe = Sets.even(12);
    Map<Backend, boolean[]> model = new HashMap<>(); // healthy, enabled
    for (int step = 0; step < 2_000; step++) {
      Backend one = universe.get(random.nextInt(universe.size()));
      boolean[] known = model.get(one);
      switch (random.nextInt(4)) {
        case 0 -> {
          List<Backend> next = new ArrayList<>(universe);
          next.removeIf(_ -> random.nextBoolean());
          discovery.set(next);
          balancer.update();
          model.keySet().retainAll(next);
          next.forEach(b -> model.putIfAbsent(b, new boolean[] {true, true}));
        }
        case 1 -> {
          boolean enable = random.nextBoolean();
          balancer.enable(one.address(), enable);
          if (known != null) {
            known[1] = enable;
          }
        }
        default -> {
          boolean well = random.nextBoolean();
          if (known != null) {
            Sets.state(balancer, one.address()).checked(well, 1, "");
            known[0] = well;
          }
        }
      }
      long ready = model.values().stream().filter(s -> s[0] && s[1]).count();
      assertThat(balancer.status().ready()).isEqualTo((int) ready);
      assertThat(balancer.backends()).hasSize(model.size());
      Backend picked = balancer.select(step).orElse(null);
      if (ready == 0) {
        assertThat(picked).isNull();
      } else {
        assertThat(Objects.requireNonNull(model.get(picked))).containsExactly(true, true);
      }
    }
  }
}

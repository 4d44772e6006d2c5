// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever an update reuses, its result is that of a balancer that never knew anything else.
class UpdatesTest {
  static Stream<String> pure() {
    return Stream.concat(Sets.consistent().keySet().stream(), Stream.of("hash"));
  }

  /// A server comes, goes, weighs another, is named twice or moves; now and then half of them.
  @ParameterizedTest
  @MethodSource("pure")
  void updatedEqualsNewlyBuilt(String name) throws Exception {
    Selection.Factory<? extends Selection> factory =
        Objects.requireNonNull(Sets.factories().get(name));
    Random random = new Random(name.hashCode());
    List<Backend> list = new ArrayList<>(Sets.even(60));
    StaticDiscovery discovery = StaticDiscovery.of(list);
    LoadBalancer<?> balancer = LoadBalancer.builder("t", factory).discovery(discovery).build();
    Map<SocketAddress, BackendState> states = new HashMap<>();
    for (int round = 0; round < 80; round++) {
      Set<Backend> before = Set.copyOf(balancer.backends());
      do {
        change(list, random, round);
      } while (random.nextInt(3) == 0 || before.equals(Set.copyOf(firsts(list).values())));
      // Another order alone is no change, and the old one stays.
      discovery.set(list);
      balancer.update();
      Map<SocketAddress, Backend> expected = firsts(list);
      assertThat(balancer.backends()).containsExactlyElementsOf(expected.values());
      assertThat(balancer.status().backends()).hasSize(expected.size());
      assertThat(balancer.status().ready()).isEqualTo(expected.size());
      states.keySet().retainAll(expected.keySet());
      for (Backend backend : balancer.backends()) {
        BackendState state = Objects.requireNonNull(backend.state());
        assertThat(states.getOrDefault(backend.address(), state)).isSameAs(state);
        states.put(backend.address(), state);
      }
      assertSamePicks(balancer.selection(), Sets.balancer(list, factory).selection());
    }
  }

  private static Map<SocketAddress, Backend> firsts(List<Backend> list) {
    Map<SocketAddress, Backend> firsts = new LinkedHashMap<>();
    list.forEach(backend -> firsts.putIfAbsent(backend.address(), backend));
    return firsts;
  }

  private static void assertSamePicks(Selection selection, Selection expected) {
    for (int i = 0; i < 400; i++) {
      assertThat(selection.first("k" + i)).isEqualTo(expected.first("k" + i));
    }
  }

  private static void change(List<Backend> list, Random random, int round) {
    int at = random.nextInt(list.size());
    Backend one = list.get(at);
    // Objects of its own, as those of a real discovery.
    list.replaceAll(b -> Backend.of(b.bareText(), b.weight()));
    switch (random.nextInt(8)) {
      case 0, 1 -> list.remove(at);
      case 2 -> list.add(at, Backend.of("10.7." + round + "." + at + ":80", 1 + at % 3));
      case 3 -> list.addAll(at, Collections.nCopies(2, Backend.of("10.6.0." + round + ":80")));
      case 4 -> list.set(at, Backend.of(one.address(), (one.weight() + 1) % 4));
      case 5 -> list.add(at, Backend.of(list.getLast().address(), 2)); // the first of both counts
      case 6 -> {
        Collections.shuffle(list, random);
        list.set(at, Backend.of("10.8." + round + "." + at + ":80"));
      }
      default -> list.subList(at / 2, at).clear();
    }
    while (list.size() < 5) {
      list.add(Backend.of("10.9." + round + "." + list.size() + ":80"));
    }
  }

  @Test
  void tenThousandUpdatesLeaveNothingBehind() throws Exception {
    List<Backend> list = new ArrayList<>(Sets.even(20));
    StaticDiscovery discovery = StaticDiscovery.of(list);
    LoadBalancer<Ketama> balancer =
        LoadBalancer.builder("t", Ketama::of).discovery(discovery).build();
    for (int round = 0; round < 10_000; round++) {
      list.set(round % 20, Backend.of("10.3." + round / 250 + "." + round % 250 + ":80"));
      discovery.set(list);
      balancer.update();
    }
    assertThat(balancer.backends()).isEqualTo(list);
    assertThat(balancer.status().ready()).isEqualTo(20);
    assertSamePicks(balancer.selection(), Ketama.of(list, null));
  }
}

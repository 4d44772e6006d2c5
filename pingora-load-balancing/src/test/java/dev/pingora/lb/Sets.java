// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// Sets of backends for tests, and every way to pick among them.
final class Sets {
  private Sets() {}

  /// {@return selections by name, those with dice always throwing the same}
  static Map<String, Selection.Factory<? extends Selection>> factories() {
    RandomGenerator dice = new SplittableRandom(7);
    Map<String, Selection.Factory<? extends Selection>> all = new LinkedHashMap<>();
    all.put("round_robin", typed(RoundRobin::of));
    all.put("random", RandomChoice.by(dice));
    all.put("hash", typed(FnvHash::of));
    all.put("consistent", typed(Ketama::of));
    all.put("consistent, compact", Ketama.compact(200));
    all.put("least_requests", typed(LeastRequests::of));
    all.put("p2c", PowerOfTwo.by(dice));
    all.put("ewma", PeakEwma.by(dice));
    all.put("maglev", typed(Maglev::of));
    all.put("rendezvous", typed(Rendezvous::of));
    all.put("bounded_consistent", typed(BoundedLoad::of));
    return all;
  }

  /// A method reference has no type of its own: this gives it one.
  static <S extends Selection> Selection.Factory<S> typed(Selection.Factory<S> factory) {
    return factory;
  }

  /// {@return those for which a key always means the same backend}
  static Map<String, Selection.Factory<? extends Selection>> consistent() {
    Map<String, Selection.Factory<? extends Selection>> all = factories();
    all.keySet()
        .retainAll(
            List.of(
                "consistent", "consistent, compact", "maglev", "rendezvous", "bounded_consistent"));
    return all;
  }

  static List<Backend> even(int size) {
    return of(size, _ -> 1);
  }

  static List<Backend> of(int size, Function<Integer, Integer> weight) {
    List<Backend> backends = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      backends.add(
          Backend.of(
              "10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255) + ":80", weight.apply(i)));
    }
    return backends;
  }

  static <S extends Selection> LoadBalancer<S> balancer(
      List<Backend> backends, Selection.Factory<S> factory) {
    return LoadBalancer.builder("test", factory).backends(backends).build();
  }

  static BackendState state(LoadBalancer<?> balancer, SocketAddress address) {
    return balancer.backends().stream()
        .filter(b -> b.address().equals(address))
        .map(b -> Objects.requireNonNull(b.state()))
        .findFirst()
        .orElseThrow();
  }

  static BackendState state(LoadBalancer<?> balancer, int index) {
    return Objects.requireNonNull(balancer.backends().get(index).state());
  }

  /// {@return how often each backend, by its place in the set, was picked for many keys}
  static long[] count(Selection selection, List<Backend> backends, int picks) {
    Map<Backend, Integer> places = new LinkedHashMap<>();
    backends.forEach(b -> places.put(b, places.size()));
    long[] counts = new long[backends.size()];
    for (int i = 0; i < picks; i++) {
      Backend picked = Objects.requireNonNull(selection.first("key-" + i));
      counts[Objects.requireNonNull(places.get(picked))]++;
    }
    return counts;
  }

  /// {@return Pearson's χ² of counts against shares by weight}
  static double chiSquare(long[] counts, List<Backend> backends) {
    double weights = backends.stream().mapToInt(Backend::weight).sum();
    double picks = 0;
    for (long count : counts) {
      picks += count;
    }
    double sum = 0;
    for (int i = 0; i < counts.length; i++) {
      double expected = picks * backends.get(i).weight() / weights;
      sum += (counts[i] - expected) * (counts[i] - expected) / expected;
    }
    return sum;
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.benchmarks;

import dev.pingora.lb.Backend;
import dev.pingora.lb.LoadBalancer;
import dev.pingora.lb.StaticDiscovery;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Building a balancer of 10,000 backends, and changing one of them.
///
/// `updateOne` is the whole way from a new list to requests that see it: the list is taken from the
/// discovery and copied, compared with what was known, the selection built, everything published,
/// and two lines written to the log. In turn a server in the middle leaves and comes back, so
/// whoever numbers backends by their places has half of them to number again; and the two lists
/// hold objects of their own, as those of a real discovery do. Making the lists is not in it.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@State(Scope.Thread)
public class BalancingUpdates {
  @Param({
    "round_robin",
    "random",
    "hash",
    "consistent",
    "least_requests",
    "p2c",
    "ewma",
    "maglev",
    "rendezvous",
    "bounded_consistent"
  })
  public String way = "round_robin";

  @Param({"true", "false"})
  public boolean even;

  private List<Backend> backends = List.of();
  private List<Backend> oneLess = List.of();
  private final StaticDiscovery discovery = StaticDiscovery.of(List.of());
  private @Nullable LoadBalancer<?> balancer;
  private boolean odd;

  @Setup
  public void fill() {
    backends = BalancedSets.of(10_000, even);
    List<Backend> fewer = BalancedSets.of(10_000, even);
    fewer.remove(5_000);
    oneLess = List.copyOf(fewer);
    discovery.set(backends);
    balancer = BalancedSets.balancer(way, discovery);
  }

  @Benchmark
  public LoadBalancer<?> build() {
    return BalancedSets.balancer(way, StaticDiscovery.of(backends));
  }

  @Benchmark
  @SuppressWarnings("NullAway") // set up
  public void updateOne() throws Exception {
    odd = !odd;
    discovery.set(odd ? oneLess : backends);
    balancer.update();
  }
}

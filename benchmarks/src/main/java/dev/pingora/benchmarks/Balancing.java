// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.benchmarks;

import dev.pingora.lb.Backend;
import dev.pingora.lb.LoadBalancer;
import dev.pingora.lb.Selection;
import dev.pingora.lb.StaticDiscovery;
import java.util.Optional;
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

/// What a request asks of a balancer: who is first, and whether that one takes work; then the
/// reports of an attempt.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@State(Scope.Thread)
public class Balancing {
  private static final int KEYS = 4_096;

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

  @Param({"1000"})
  public int backends;

  private @Nullable LoadBalancer<?> balancer;
  private @Nullable Selection selection;
  private final String[] keys = new String[KEYS];
  private int next;

  @Setup
  public void fill() {
    LoadBalancer<?> own =
        BalancedSets.balancer(way, StaticDiscovery.of(BalancedSets.of(backends, true)));
    BalancedSets.warm(own);
    balancer = own;
    selection = own.selection();
    for (int i = 0; i < KEYS; i++) {
      keys[i] = "client-" + i;
    }
  }

  private String key() {
    next = next + 1 & KEYS - 1;
    return keys[next];
  }

  /// The choice alone.
  @Benchmark
  @SuppressWarnings("NullAway") // set up
  public @Nullable Backend first() {
    return selection.first(key());
  }

  /// The choice, and whether it takes work.
  @Benchmark
  @SuppressWarnings("NullAway") // set up
  public Optional<Backend> select() {
    return balancer.select(key());
  }

  /// A whole request: the choice and three reports.
  @Benchmark
  @SuppressWarnings("NullAway") // set up
  public int selectAndReport() {
    Backend backend = balancer.select(key()).orElseThrow();
    if (backend.attemptStarted()) {
      backend.firstByte(600_000, 200);
      backend.attemptEnded(700_000, 200, null);
    }
    return backend.inFlight();
  }
}

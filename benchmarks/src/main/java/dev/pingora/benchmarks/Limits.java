// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.benchmarks;

import dev.pingora.limits.Estimator;
import dev.pingora.limits.Gcra;
import dev.pingora.limits.Inflight;
import dev.pingora.limits.Rate;
import dev.pingora.limits.RateEstimate;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What a limit costs a request, for clients by number; with `-t 2`, shared by two threads.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@State(Scope.Benchmark)
public class Limits {
  private static final int CLIENTS = 1 << 16;
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final String ADDRESS = "2001:db8::1234:5678";

  private final Estimator estimator = Estimator.of(4, 1024);
  private final Rate rate = Rate.of(SECOND);
  private final Rate clocked = Rate.of(SECOND, 4, 1024, () -> 0);
  private final Gcra buckets = Gcra.of(1_000, SECOND, 100);
  private final Inflight inflight = Inflight.create();

  /// Whose turn it is.
  @State(Scope.Thread)
  public static class Client {
    private int number;

    long next() {
      // A step that is odd meets all of them, in an order that does not follow memory.
      number = (number + 40_503) & (CLIENTS - 1);
      return number;
    }
  }

  @Benchmark
  public long estimatorIncr(Client client) {
    return estimator.incr(client.next(), 1);
  }

  @Benchmark
  public long estimatorIncrText() {
    return estimator.incr(ADDRESS, 1);
  }

  @Benchmark
  public long estimatorGet(Client client) {
    return estimator.get(client.next());
  }

  @Benchmark
  public long rateObserve(Client client) {
    return rate.observe(client.next(), 1);
  }

  /// With the time given, as by a loop that has looked at the clock already.
  @Benchmark
  public long rateObserveAtATime(Client client) {
    return clocked.observe(client.next(), 1);
  }

  @Benchmark
  public double rateRate(Client client) {
    return rate.rate(client.next());
  }

  @Benchmark
  public double rateProportional(Client client) {
    return rate.rateWith(client.next(), RateEstimate.PROPORTIONAL);
  }

  @Benchmark
  public long gcraTake(Client client) {
    return buckets.take(client.next(), 1);
  }

  /// Opens a guard and closes it.
  @Benchmark
  public long inflight(Client client) {
    try (Inflight.Guard guard = inflight.incr(client.next(), 1)) {
      return guard.count();
    }
  }
}

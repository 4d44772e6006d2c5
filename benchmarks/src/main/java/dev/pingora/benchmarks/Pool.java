// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.benchmarks;

import dev.pingora.pool.Idle;
import dev.pingora.pool.IdlePool;
import dev.pingora.pool.IdleTimers;
import dev.pingora.pool.PoolBudget;
import dev.pingora.timeout.TimerWheel;
import java.time.Duration;
import java.util.Objects;
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

/// What each request asks of the pool: a connection taken, used, and put back, among others that
/// stay idle.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class Pool {
  private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(60);
  private static final int CONNECTIONS_PER_KEY = 4;

  /// Without a lock for a loop's own threads, with one where requests run anywhere.
  @Param({"false", "true"})
  public boolean locked;

  /// How many upstream servers there are.
  @Param({"1", "100"})
  public int keys;

  private final PoolBudget budget = new PoolBudget(1000);
  private final IdleTimers timers = IdleTimers.on(new TimerWheel(0), () -> 0);
  private IdlePool<String, Connection> pool = IdlePool.confined(budget, timers, (c, why) -> {});
  private String[] names = {};
  private int next;

  @Setup
  public void fill() {
    pool =
        locked
            ? IdlePool.locked(budget, timers, (c, why) -> {})
            : IdlePool.confined(budget, timers, (c, why) -> {});
    names = new String[keys];
    for (int i = 0; i < keys; i++) {
      names[i] = "10.0.0." + i + ":80";
      for (int j = 0; j < CONNECTIONS_PER_KEY; j++) {
        Connection connection = new Connection();
        connection.place = pool.put(names[i], connection, IDLE_TIMEOUT);
      }
    }
  }

  @Benchmark
  public boolean takeAndPutBack() {
    next = next + 1 == names.length ? 0 : next + 1;
    Connection connection = Objects.requireNonNull(pool.take(names[next]));
    return pool.put(Objects.requireNonNull(connection.place), IDLE_TIMEOUT);
  }

  private static final class Connection {
    private @Nullable Idle<String, Connection> place;
  }
}

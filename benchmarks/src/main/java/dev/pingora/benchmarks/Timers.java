// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.benchmarks;

import dev.pingora.timeout.Timer;
import dev.pingora.timeout.TimerWheel;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What a deadline costs that never fires, among 10,000 others: the usual fate of a timeout.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class Timers {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final TimerWheel wheel = new TimerWheel(0);
  private final Timer timer = new Timer(() -> {});
  private long now;

  @Setup
  public void fill() {
    for (int i = 0; i < 10_000; i++) {
      wheel.schedule(new Timer(() -> {}), (60 + i % 60) * SECOND + Long.MAX_VALUE / 4);
    }
  }

  @Benchmark
  public boolean scheduleAndCancel() {
    wheel.schedule(timer, now + 60 * SECOND);
    return wheel.cancel(timer);
  }

  /// A deadline pushed back with each read, while time goes on.
  @Benchmark
  public int rescheduleAndAdvance() {
    now += 1000;
    wheel.schedule(timer, now + 60 * SECOND);
    return wheel.advance(now);
  }
}

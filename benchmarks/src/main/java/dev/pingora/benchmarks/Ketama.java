// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.benchmarks;

import dev.pingora.ketama.Bucket;
import dev.pingora.ketama.Continuum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
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

/// Where a URL belongs on nginx's ring, and what a change of the ring costs.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@State(Scope.Benchmark)
public class Ketama {
  private static final int KEYS = 1 << 12;

  @Param({"10", "1000"})
  public int backends;

  private final String[] keys = new String[KEYS];
  private Continuum ring = Continuum.of(List.of());
  private List<Bucket> all = List.of();
  private List<Bucket> allButOne = List.of();

  /// Which URL comes next.
  @State(Scope.Thread)
  public static class Place {
    private int at;

    int next() {
      at = (at + 1) & (KEYS - 1);
      return at;
    }
  }

  @Setup
  public void build() {
    Arrays.setAll(keys, i -> "/articles/" + i * 7_919 + "/index");
    List<Bucket> buckets = new ArrayList<>();
    for (int i = 0; i < backends; i++) {
      buckets.add(Bucket.of("10.0." + i / 250 + "." + i % 250 + ":8080"));
    }
    all = List.copyOf(buckets);
    allButOne = all.subList(1, backends);
    ring = Continuum.of(all);
  }

  @Benchmark
  public int select(Place place) {
    return ring.find(keys[place.next()]);
  }

  /// One backend leaves.
  @Benchmark
  public Continuum update() {
    return ring.with(allButOne);
  }

  @Benchmark
  public Continuum rebuild() {
    return Continuum.of(all);
  }
}

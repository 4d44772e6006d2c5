// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.benchmarks;

import dev.pingora.lru.Entry;
import dev.pingora.lru.Lru;
import java.util.Arrays;
import java.util.List;
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

/// What [Lru] costs a disk cache of 100,000 files, in 16 shards.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@State(Scope.Benchmark)
public class LruUse {
  private static final int FILES = 100_000;
  private static final int SHARDS = 16;

  private final Lru<Integer, String> lru = Lru.of(SHARDS, FILES);
  private final Integer[] keys = new Integer[FILES];

  /// Which file comes next.
  @State(Scope.Thread)
  public static class Place {
    private int at;

    int next() {
      // Odd and no divisor: meets all files.
      at = (at + 40_503) % FILES;
      return at;
    }
  }

  @Setup
  public void fill() {
    Arrays.setAll(keys, i -> i);
    for (Integer key : keys) {
      lru.admit(key, "file", 1);
    }
  }

  /// A hit on any file, which hardly ever lies in front.
  @Benchmark
  public boolean promote(Place place) {
    return lru.promoteTopN(keys[place.next()], 8);
  }

  /// A hit on a hot file, which does.
  @Benchmark
  public boolean promoteHot() {
    return lru.promoteTopN(keys[1], 8);
  }

  /// A new file for an old one.
  @Benchmark
  public List<Entry<Integer, String>> admitAndEvict(Place place) {
    lru.admit(keys[place.next()], "file", 2);
    return lru.evictToLimit();
  }
}

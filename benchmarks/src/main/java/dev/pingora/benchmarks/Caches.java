// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.benchmarks;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.pingora.tinyufo.TinyUfo;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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

/// [TinyUfo] beside Caffeine: keys by Zipf's law from many threads, `-t 1` and `-t 2`.
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 15, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@State(Scope.Benchmark)
public class Caches {
  private static final int CAPACITY = 1 << 14;
  private static final int DRAWS = 1 << 17;

  /// Caffeine's housekeeping runs on the common pool unless told otherwise; `inline` has the caller
  /// do it, so that all work counts.
  @Param({"tinyufo", "caffeine", "caffeine-inline"})
  public String kind = "";

  private Store fitting = new UfoStore();
  private Store evicting = new UfoStore();
  private final Integer[] few = new Integer[DRAWS];
  private final Integer[] many = new Integer[DRAWS];

  /// What is asked of a cache.
  private sealed interface Store {
    @Nullable Integer get(Integer key);

    void put(Integer key);
  }

  private static final class UfoStore implements Store {
    private final TinyUfo<Integer, Integer> cache = TinyUfo.of(CAPACITY, CAPACITY);

    @Override
    public @Nullable Integer get(Integer key) {
      return cache.get(key);
    }

    @Override
    public void put(Integer key) {
      cache.put(key, key, 1);
    }
  }

  private static final class CaffeineStore implements Store {
    private final Cache<Integer, Integer> cache;

    CaffeineStore(boolean inline) {
      Caffeine<Object, Object> builder = Caffeine.newBuilder().maximumSize(CAPACITY);
      if (inline) {
        builder.executor(Runnable::run);
      }
      cache = builder.build();
    }

    @Override
    public @Nullable Integer get(Integer key) {
      return cache.getIfPresent(key);
    }

    @Override
    public void put(Integer key) {
      cache.put(key, key);
    }
  }

  private Store store() {
    return kind.equals("tinyufo") ? new UfoStore() : new CaffeineStore(kind.endsWith("inline"));
  }

  @Setup
  public void fill() {
    Random random = new Random(1);
    draw(few, CAPACITY / 2, random);
    draw(many, CAPACITY * 16, random);
    fitting = store();
    evicting = store();
    for (int i = 0; i < CAPACITY / 2; i++) {
      fitting.put(i);
    }
    for (int i = 0; i < DRAWS; i++) {
      readThrough(evicting, many[i]);
    }
  }

  /// Zipf's law with an exponent of 0.99, by the inverse of its sums.
  private static void draw(Integer[] into, int keys, Random random) {
    double[] sums = new double[keys];
    double total = 0;
    for (int i = 0; i < keys; i++) {
      total += 1 / Math.pow(i + 1, 0.99);
      sums[i] = total;
    }
    for (int i = 0; i < into.length; i++) {
      int found = Arrays.binarySearch(sums, random.nextDouble() * total);
      into[i] = Math.min(found < 0 ? -found - 1 : found, keys - 1);
    }
  }

  /// Where a thread is in the keys.
  @State(Scope.Thread)
  public static class Place {
    private static final AtomicInteger THREADS = new AtomicInteger();
    private int at = THREADS.incrementAndGet() * 7919;

    int next() {
      at = (at + 1) & (DRAWS - 1);
      return at;
    }
  }

  /// Reads only; all is held.
  @Benchmark
  public @Nullable Integer read(Place place) {
    return fitting.get(few[place.next()]);
  }

  /// Of twenty calls nineteen read and one replaces a value; all is held.
  @Benchmark
  public @Nullable Integer readMostly(Place place) {
    int at = place.next();
    if (at % 20 == 0) {
      fitting.put(few[at]);
      return null;
    }
    return fitting.get(few[at]);
  }

  /// What is missing is put, for which something else has to go.
  @Benchmark
  public boolean evicting(Place place) {
    return readThrough(evicting, many[place.next()]);
  }

  private static boolean readThrough(Store store, Integer key) {
    boolean hit = store.get(key) != null;
    if (!hit) {
      store.put(key);
    }
    return hit;
  }
}

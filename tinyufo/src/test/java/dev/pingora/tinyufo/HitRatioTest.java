// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tinyufo;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The share of hits on traffic of known shape, beside Caffeine: nowhere more than half a point
/// less. The figures are left in `target/hit-ratios.txt`.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HitRatioTest {
  private static final int LENGTH = 300_000;
  private static final double TOLERANCE = 0.5;
  private final List<String> figures = new ArrayList<>();

  /// Requests of a shape, and for how many items there is room.
  record Trace(String name, int capacity, int[] keys) {
    @Override
    public String toString() {
      return name + ", " + capacity;
    }
  }

  private static List<Trace> traces() {
    List<Trace> traces = new ArrayList<>();
    for (int capacity : new int[] {1_000, 10_000}) {
      for (double skew : new double[] {0.6, 0.8, 0.9, 0.99, 1.1, 1.3}) {
        int[] keys = Traffic.zipf(capacity * 20, skew, LENGTH, 1);
        traces.add(new Trace("Zipf " + skew, capacity, keys));
      }
      int[] zipf = Traffic.zipf(capacity * 20, 0.9, LENGTH, 2);
      traces.add(new Trace("scans", capacity, Traffic.scans(zipf, capacity)));
      for (double times : new double[] {1.1, 1.5, 2, 4}) {
        int[] loop = Traffic.loop((int) (capacity * times), LENGTH);
        traces.add(new Trace("loop of " + times + " capacities", capacity, loop));
      }
      for (int times : new int[] {5, 10, 50}) {
        int[] shifting = Traffic.shifting(zipf, capacity * times);
        traces.add(new Trace("shift each " + times + " capacities", capacity, shifting));
      }
      traces.add(new Trace("drift", capacity, Traffic.drifting(zipf, 4)));
      traces.add(new Trace("newest", capacity, Traffic.newest(LENGTH, 3)));
      traces.add(new Trace("mix", capacity, Traffic.mixed(capacity, LENGTH, 4)));
    }
    return traces;
  }

  static Stream<Trace> everyShape() {
    return traces().stream();
  }

  private static double ufoPercent(Trace trace) {
    TinyUfo<Integer, Boolean> cache = TinyUfo.of(trace.capacity, trace.capacity, new KeyHash(0, 1));
    int hits = 0;
    for (int key : trace.keys) {
      if (cache.get(key) != null) {
        hits++;
      } else {
        cache.put(key, true, 1);
      }
    }
    return 100.0 * hits / trace.keys.length;
  }

  private static double caffeinePercent(Trace trace) {
    Cache<Integer, Boolean> cache =
        Caffeine.newBuilder().maximumSize(trace.capacity).executor(Runnable::run).build();
    int hits = 0;
    for (int key : trace.keys) {
      if (cache.getIfPresent(key) != null) {
        hits++;
      } else {
        cache.put(key, true);
      }
    }
    return 100.0 * hits / trace.keys.length;
  }

  @ParameterizedTest
  @MethodSource("everyShape")
  void hitsAsOftenAsCaffeine(Trace trace) {
    double ours = ufoPercent(trace);
    double caffeine = caffeinePercent(trace);
    figures.add(String.format(Locale.ROOT, "%s | %.1f | %.1f", trace, ours, caffeine));
    assertThat(ours).isGreaterThan(caffeine - TOLERANCE);
  }

  @AfterAll
  void leaveFigures() throws IOException {
    Files.write(Path.of("target", "hit-ratios.txt"), figures);
  }

  /// Of a loop that is too long at best as much can be hit as fits.
  @ParameterizedTest
  @ValueSource(doubles = {1.05, 1.2, 2, 5})
  void keepsWhatFitsOfALoopThatIsTooLong(double times) {
    int[] loop = Traffic.loop((int) (1_000 * times), LENGTH);
    double best = 100 / times;
    assertThat(ufoPercent(new Trace("loop", 1_000, loop))).isBetween(0.95 * best, best);
  }
}

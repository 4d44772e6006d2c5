// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.memorycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Random calls of a [ReadThroughCache] with room for all, by one thread, and of a map of expiries:
/// every answer must be the same.
class ReadThroughModelTest {
  private static final int KEYS = 30;

  /// A value and when it expires, in milliseconds; negative for never.
  private record Known(int value, long expiresAt) {}

  private final AtomicLong clock = new AtomicLong();
  private final Map<Integer, Known> model = new HashMap<>();
  private final List<Runnable> refreshes = new ArrayList<>();
  private final ReadThroughCache<Integer, Integer> cache =
      ReadThroughCache.of(
          10 * KEYS,
          ReadThroughOptions.DEFAULTS
              .withClock(() -> clock.get() * 1_000_000)
              .withRefreshes(1, refreshes::add));
  private Random random = new Random(0);
  private int step;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void behavesAsAMapOfExpiries(long seed) throws Exception {
    random = new Random(seed);
    for (step = 1; step < 5_000; step++) {
      clock.addAndGet(random.nextInt(5));
      int key = random.nextInt(KEYS);
      switch (random.nextInt(8)) {
        case 0, 1 -> get(key, ttl(), -1);
        case 2, 3 -> get(key, ttl(), random.nextInt(30));
        case 4 -> refresh(key, random.nextInt(30));
        case 5 -> many();
        case 6 -> fail(key);
        default -> {
          assertThat(cache.cache().remove(key).status()).isEqualTo(expected(key, -1).status());
          model.remove(key);
        }
      }
      assertThat(cache.loading()).isZero();
      assertThat(cache.cache().size()).isEqualTo(model.size());
    }
  }

  private @Nullable Duration ttl() {
    int millis = random.nextInt(40);
    return millis == 39 ? null : Duration.ofMillis(millis);
  }

  /// What a look finds that takes values which expired so many milliseconds ago.
  private Answer<Integer> expected(int key, long maxStale) {
    Known known = model.get(key);
    if (known == null) {
      return Answer.miss();
    }
    long overdue = known.expiresAt < 0 ? Long.MIN_VALUE : clock.get() - known.expiresAt;
    if (overdue < 0) {
      return new Answer<>(known.value, CacheStatus.HIT);
    }
    return overdue <= maxStale
        ? new Answer<>(known.value, CacheStatus.stale(Duration.ofMillis(overdue)))
        : Answer.expired();
  }

  /// What is answered if the number of the step is loaded, and kept so long.
  private Answer<Integer> loading(int key, long maxStale, @Nullable Duration ttl) {
    Answer<Integer> found = expected(key, maxStale);
    if (found.value() != null) {
      return found;
    }
    keep(key, ttl);
    return new Answer<>(step, found.status());
  }

  private void keep(int key, @Nullable Duration ttl) {
    if (ttl != null && ttl.isZero()) {
      model.remove(key);
    } else {
      model.put(key, new Known(step, ttl == null ? -1 : clock.get() + ttl.toMillis()));
    }
  }

  /// Some loaders name a time of their own, which wins.
  private void get(int key, @Nullable Duration ttl, int maxStale) throws Exception {
    Duration own = random.nextBoolean() ? Duration.ofMillis(random.nextInt(20)) : null;
    Loader<Integer, Integer> loader = _ -> new Loaded<>(step, own);
    Answer<Integer> expected = loading(key, maxStale, own != null ? own : ttl);
    Answer<Integer> answer =
        maxStale < 0
            ? cache.get(key, ttl, loader)
            : cache.getStale(key, ttl, Duration.ofMillis(maxStale), loader);
    assertThat(answer).isEqualTo(expected);
  }

  private void refresh(int key, int maxStale) throws Exception {
    Duration ttl = ttl();
    Answer<Integer> expected = loading(key, maxStale, ttl);
    Duration stale = Duration.ofMillis(maxStale);
    assertThat(cache.getStaleWhileUpdate(key, ttl, stale, _ -> Loaded.of(step)))
        .isEqualTo(expected);
    assertThat(refreshes).hasSize(expected.status().isStale() ? 1 : 0);
    refreshes.forEach(Runnable::run);
    if (!refreshes.isEmpty()) {
      keep(key, ttl);
      refreshes.clear();
    }
  }

  private void many() throws Exception {
    Duration ttl = ttl();
    List<Integer> keys = random.ints(random.nextInt(6), 0, KEYS).boxed().toList();
    Map<Integer, Answer<Integer>> expected = new HashMap<>();
    keys.forEach(key -> expected.computeIfAbsent(key, k -> loading(k, -1, ttl)));
    assertThat(cache.multiGet(keys, ttl, missing -> loaded(missing.size())))
        .isEqualTo(keys.stream().map(expected::get).toList());
  }

  private List<Loaded<Integer>> loaded(int number) {
    List<Loaded<Integer>> loaded = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      loaded.add(Loaded.of(step));
    }
    return loaded;
  }

  /// A loader that fails changes nothing.
  private void fail(int key) throws Exception {
    Loader<Integer, Integer> failing =
        _ -> {
          throw new IOException("down");
        };
    Answer<Integer> found = expected(key, -1);
    if (found.value() == null) {
      assertThatExceptionOfType(LoadException.class)
          .isThrownBy(() -> cache.get(key, null, failing));
    } else {
      assertThat(cache.get(key, null, failing)).isEqualTo(found);
    }
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.memorycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// Loaders, weighers, executors and clocks that do not do as they should.
class ReadThroughFaultsTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private final AtomicLong clock = new AtomicLong();
  private final AtomicInteger loads = new AtomicInteger();
  private final CountDownLatch gate = new CountDownLatch(1);
  private final ReadThroughOptions options = ReadThroughOptions.DEFAULTS.withClock(clock::get);
  private final ReadThroughCache<String, Integer> cache = ReadThroughCache.of(100, options);

  private Loaded<Integer> count(String key) {
    return Loaded.of(loads.incrementAndGet());
  }

  private Loaded<Integer> countBehindGate(String key) throws InterruptedException {
    Loaded<Integer> loaded = count(key);
    gate.await();
    return loaded;
  }

  @Test
  void refusesANegativeTtlBeforeItLoads() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> cache.get("a", SECOND.negated(), this::count))
        .withMessage("ttl: PT-1S (expected: 0 or more)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> cache.getStale("a", SECOND.negated(), SECOND, this::count));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> cache.multiGet(List.of("a"), SECOND.negated(), _ -> List.of()));
    assertThat(loads).hasValue(0);
    assertThat(cache.loading()).isZero();
  }

  @Test
  void takesANegativeTtlOfALoaderForItsFailure() {
    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(() -> cache.get("a", null, _ -> new Loaded<>(1, SECOND.negated())))
        .havingCause()
        .withMessage("ttl: PT-1S (expected: 0 or more)");
    assertThat(cache.loading()).isZero();
  }

  /// Nobody who waited loads the value once more only to find that it cannot be kept either.
  @Test
  void failsForAllWhenAValueCannotBeWeighed() throws Exception {
    ReadThroughCache<String, Integer> weighed =
        ReadThroughCache.over(MemoryCache.weighted(10, 10, v -> v - 1, clock::get), options);
    Caller<Answer<Integer>> leader =
        Caller.of(() -> weighed.get("a", null, this::countBehindGate)).untilWaiting();
    Caller<Answer<Integer>> other =
        Caller.of(() -> weighed.get("a", null, this::countBehindGate)).untilWaiting();
    gate.countDown();
    assertThat(leader.failure())
        .isInstanceOf(LoadException.class)
        .hasRootCauseMessage("weight: 0 (expected: 1..268435455)");
    assertThat(other.failure()).isInstanceOf(LoadException.class);
    assertThat(loads).hasValue(1);
    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(() -> weighed.multiGet(List.of("b"), null, _ -> List.of(Loaded.of(1))))
        .withRootCauseInstanceOf(IllegalArgumentException.class);
    assertThat(weighed.loading()).isZero();
  }

  @Test
  void sharesAnOverweightValueAndKeepsItNot() throws Exception {
    ReadThroughCache<String, Integer> weighed =
        ReadThroughCache.over(MemoryCache.weighted(10, 10, _ -> 11, clock::get), options);
    Caller<Answer<Integer>> leader =
        Caller.of(() -> weighed.get("a", null, this::countBehindGate)).untilWaiting();
    Caller<Answer<Integer>> other =
        Caller.of(() -> weighed.get("a", null, this::count)).untilWaiting();
    gate.countDown();
    assertThat(leader.result().value()).isEqualTo(1);
    assertThat(other.result()).isEqualTo(new Answer<>(1, CacheStatus.LOCK_HIT));
    assertThat(weighed.cache().size()).isZero();
  }

  /// Channels tell of an interrupt by an `IOException` and leave the flag set.
  @Test
  void letsAnotherTakeOverWhenTheLeaderFailsOfAnInterrupt() throws Exception {
    Caller<Answer<Integer>> leader =
        Caller.of(() ->
                cache.get(
                    "a",
                    null,
                    _ -> {
                      LockSupport.park();
                      throw new IOException("closed by interrupt");
                    }))
            .untilWaiting();
    Caller<Answer<Integer>> other =
        Caller.of(() -> cache.get("a", null, this::count)).untilWaiting();
    Caller<List<Answer<Integer>>> many =
        Caller.of(() -> cache.multiGet(List.of("a"), null, keys -> List.of(count("a"))))
            .untilWaiting();
    leader.interrupt();
    assertThat(leader.failure()).isInstanceOf(LoadException.class);
    assertThat(other.result().value()).isEqualTo(1);
    assertThat(many.result()).extracting(Answer::value).containsExactly(1);
  }

  @Test
  void letsAnotherTakeOverWhenAMultiGetFailsOfAnInterrupt() throws Exception {
    Caller<List<Answer<Integer>>> leader =
        Caller.of(() ->
                cache.multiGet(
                    List.of("a"),
                    null,
                    _ -> {
                      LockSupport.park();
                      throw new IOException("closed by interrupt");
                    }))
            .untilWaiting();
    Caller<Answer<Integer>> other =
        Caller.of(() -> cache.get("a", null, this::count)).untilWaiting();
    leader.interrupt();
    assertThat(leader.failure()).isInstanceOf(LoadException.class);
    assertThat(other.result().value()).isEqualTo(1);
  }

  @Test
  void endsLoadersThatWaitForEachOtherByTheTimeout() throws Exception {
    ReadThroughCache<String, Integer> impatient =
        ReadThroughCache.of(100, options.withLock(Duration.ofMillis(20), null));
    CyclicBarrier both = new CyclicBarrier(2);
    Caller<Answer<Integer>> one = entangled(impatient, "a", "b", both);
    Caller<Answer<Integer>> other = entangled(impatient, "b", "a", both);
    assertThat(one.result().value()).isIn(1, 2);
    assertThat(other.result().value()).isIn(1, 2);
    assertThat(impatient.loading()).isZero();
  }

  private Caller<Answer<Integer>> entangled(
      ReadThroughCache<String, Integer> from, String key, String needed, CyclicBarrier both) {
    return Caller.of(() ->
        from.get(
            key,
            null,
            _ -> {
              both.await();
              Integer value = from.get(needed, null, this::count).value();
              return Loaded.of(value == null ? -1 : value);
            }));
  }

  @Test
  void servesStaleWhenTheExecutorFails() throws Exception {
    ReadThroughCache<String, Integer> broken =
        ReadThroughCache.of(
            10,
            options.withRefreshes(
                1,
                _ -> {
                  throw new IllegalStateException("broken");
                }));
    broken.get("a", SECOND, this::count);
    clock.addAndGet(2 * SECOND.toNanos());
    for (int i = 0; i < 3; i++) {
      assertThat(broken.getStaleWhileUpdate("a", SECOND, SECOND, this::count).status())
          .isEqualTo(CacheStatus.stale(SECOND));
    }
  }

  @Test
  void freesThePlaceOfARefreshThatGetsNoThread() throws Exception {
    AtomicInteger starts = new AtomicInteger();
    ReadThroughCache<String, Integer> exhausted =
        ReadThroughCache.of(
            10,
            options.withRefreshes(
                1,
                task -> {
                  if (starts.incrementAndGet() == 1) {
                    throw new OutOfMemoryError("no thread");
                  }
                  task.run();
                }));
    exhausted.get("a", SECOND, this::count);
    clock.addAndGet(2 * SECOND.toNanos());
    assertThatExceptionOfType(OutOfMemoryError.class)
        .isThrownBy(() -> exhausted.getStaleWhileUpdate("a", SECOND, SECOND, this::count));
    exhausted.getStaleWhileUpdate("a", SECOND, SECOND, this::count);
    assertThat(exhausted.cache().get("a").value()).as("refreshed").isEqualTo(2);
  }

  @Test
  void freesThePlaceOfARefreshThatDiesOnlyOnce() throws Exception {
    List<Runnable> tasks = new ArrayList<>();
    AtomicBoolean inline = new AtomicBoolean(true);
    ReadThroughCache<String, Integer> one =
        ReadThroughCache.of(
            10,
            options.withRefreshes(
                1,
                task -> {
                  if (inline.get()) {
                    task.run();
                  } else {
                    tasks.add(task);
                  }
                }));
    one.get("a", SECOND, this::count);
    clock.addAndGet(2 * SECOND.toNanos());
    assertThatExceptionOfType(StackOverflowError.class)
        .isThrownBy(() ->
            one.getStaleWhileUpdate(
                "a",
                SECOND,
                SECOND,
                _ -> {
                  throw new StackOverflowError("deep");
                }));
    inline.set(false);
    one.getStaleWhileUpdate("a", SECOND, SECOND, this::count);
    one.getStaleWhileUpdate("a", SECOND, SECOND, this::count);
    assertThat(tasks).as("one place").hasSize(1);
  }

  @Test
  void waitsForALoadThatBeganInTheFuture() throws Exception {
    ReadThroughCache<String, Integer> aged =
        ReadThroughCache.of(10, options.withLock(Duration.ofMinutes(1), Duration.ZERO));
    Caller<Answer<Integer>> leader =
        Caller.of(() -> aged.get("a", null, this::countBehindGate)).untilWaiting();
    clock.addAndGet(-SECOND.toNanos());
    Caller<Answer<Integer>> other =
        Caller.of(() -> aged.get("a", null, this::count)).untilWaiting();
    gate.countDown();
    assertThat(leader.result().value()).isEqualTo(1);
    assertThat(other.result().status()).isEqualTo(CacheStatus.LOCK_HIT);
  }

  @Test
  void servesFreshlyAndForLongerWhenTimeGoesBack() throws Exception {
    cache.get("a", SECOND, this::count);
    clock.addAndGet(-3600 * SECOND.toNanos());
    assertThat(cache.get("a", SECOND, this::count)).isEqualTo(new Answer<>(1, CacheStatus.HIT));
    assertThat(cache.getStale("a", SECOND, SECOND, this::count).status())
        .isEqualTo(CacheStatus.HIT);
  }
}

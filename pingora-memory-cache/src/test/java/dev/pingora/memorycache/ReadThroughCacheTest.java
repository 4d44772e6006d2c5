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
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReadThroughCacheTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private final AtomicLong clock = new AtomicLong();
  private final AtomicInteger loads = new AtomicInteger();
  private final CountDownLatch gate = new CountDownLatch(1);
  private final ReadThroughCache<String, Integer> cache = cache(Duration.ofMinutes(1), null);

  private ReadThroughCache<String, Integer> cache(Duration timeout, @Nullable Duration age) {
    ReadThroughOptions options = ReadThroughOptions.DEFAULTS;
    return ReadThroughCache.of(100, options.withLock(timeout, age).withClock(clock::get));
  }

  private void pass(Duration duration) {
    clock.addAndGet(duration.toNanos());
  }

  /// Loads the number of the load.
  private Loaded<Integer> count(String key) {
    return Loaded.of(loads.incrementAndGet());
  }

  /// As [#count], once the gate is open.
  private Loaded<Integer> countBehindGate(String key) throws InterruptedException {
    Loaded<Integer> loaded = count(key);
    gate.await();
    return loaded;
  }

  private static Loaded<Integer> fail(String key) throws IOException {
    throw new IOException("down");
  }

  private Caller<Answer<Integer>> caller(String key, Loader<String, Integer> loader) {
    return Caller.of(() -> cache.get(key, null, loader));
  }

  @Test
  void loadsWhatIsMissingAndKeepsIt() throws Exception {
    assertThat(cache.get("a", SECOND, this::count)).isEqualTo(new Answer<>(1, CacheStatus.MISS));
    assertThat(cache.get("a", SECOND, this::count)).isEqualTo(new Answer<>(1, CacheStatus.HIT));
    pass(SECOND);
    assertThat(cache.get("a", SECOND, this::count)).isEqualTo(new Answer<>(2, CacheStatus.EXPIRED));
    assertThat(cache.loading()).isZero();
  }

  @Test
  void prefersTheTtlOfTheLoader() throws Exception {
    cache.get("a", SECOND, _ -> new Loaded<>(1, Duration.ofSeconds(5)));
    pass(Duration.ofSeconds(3));
    assertThat(cache.get("a", SECOND, this::count).status()).isEqualTo(CacheStatus.HIT);
    cache.get("b", null, _ -> new Loaded<>(1, Duration.ZERO));
    assertThat(cache.cache().get("b").status()).as("not kept").isEqualTo(CacheStatus.MISS);
  }

  @Test
  void loadsOnceForAllWhoWait() throws Exception {
    Caller<Answer<Integer>> leader = caller("a", this::countBehindGate).untilWaiting();
    List<Caller<Answer<Integer>>> others = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      others.add(caller("a", this::count).untilWaiting());
    }
    assertThat(cache.loading()).isEqualTo(1);
    gate.countDown();
    assertThat(leader.result()).isEqualTo(new Answer<>(1, CacheStatus.MISS));
    for (Caller<Answer<Integer>> other : others) {
      assertThat(other.result()).isEqualTo(new Answer<>(1, CacheStatus.LOCK_HIT));
    }
    assertThat(loads).hasValue(1);
    assertThat(cache.loading()).isZero();
  }

  @Test
  void sharesAValueThatIsNotKept() throws Exception {
    Caller<Answer<Integer>> leader =
        Caller.of(() -> cache.get("a", Duration.ZERO, this::countBehindGate)).untilWaiting();
    Caller<Answer<Integer>> other = caller("a", this::count).untilWaiting();
    gate.countDown();
    assertThat(leader.result().value()).isEqualTo(1);
    assertThat(other.result()).isEqualTo(new Answer<>(1, CacheStatus.LOCK_HIT));
    assertThat(cache.cache().size()).isZero();
  }

  @Test
  void loadsOtherKeysMeanwhile() throws Exception {
    Caller<Answer<Integer>> leader = caller("a", this::countBehindGate).untilWaiting();
    assertThat(cache.get("b", null, this::count).value()).isEqualTo(2);
    gate.countDown();
    assertThat(leader.result().value()).isEqualTo(1);
  }

  @Test
  void failsForAllWhoWaitWithTheSameCause() throws Exception {
    Caller<Answer<Integer>> leader =
        caller(
                "a",
                key -> {
                  gate.await();
                  return fail(key);
                })
            .untilWaiting();
    Caller<Answer<Integer>> other = caller("a", this::count).untilWaiting();
    gate.countDown();
    assertThat(leader.failure())
        .isInstanceOf(LoadException.class)
        .hasMessage("loading failed")
        .hasRootCauseMessage("down");
    assertThat(other.failure())
        .isInstanceOf(LoadException.class)
        .hasMessage("the load that was waited for failed")
        .hasCause(leader.failure().getCause());
    assertThat(loads).hasValue(0);
    assertThat(cache.get("a", null, this::count).value())
        .as("the next one tries again")
        .isEqualTo(1);
  }

  @Test
  void failsWhenTheLoaderReturnsNull() {
    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(() -> cache.get("a", null, _ -> nothing()))
        .withRootCauseInstanceOf(NullPointerException.class);
    assertThat(cache.loading()).isZero();
  }

  @Test
  void letsAnotherTakeOverWhenTheLeaderIsInterrupted() throws Exception {
    Caller<Answer<Integer>> leader = caller("a", this::countBehindGate).untilWaiting();
    Caller<Answer<Integer>> one = caller("a", this::count).untilWaiting();
    Caller<Answer<Integer>> two = caller("a", this::count).untilWaiting();
    leader.interrupt();
    assertThat(leader.failure()).isInstanceOf(InterruptedException.class);
    assertThat(one.result().value()).isEqualTo(2);
    assertThat(two.result().value()).isEqualTo(2);
    assertThat(loads).hasValue(2);
  }

  @Test
  void letsAnotherTakeOverWhenTheLeaderDies() throws Exception {
    Caller<Answer<Integer>> leader =
        caller(
                "a",
                _ -> {
                  gate.await();
                  throw new StackOverflowError("deep");
                })
            .untilWaiting();
    Caller<Answer<Integer>> other = caller("a", this::count).untilWaiting();
    gate.countDown();
    assertThat(leader.failure()).isInstanceOf(StackOverflowError.class);
    assertThat(other.result()).isEqualTo(new Answer<>(1, CacheStatus.MISS));
    assertThat(cache.loading()).isZero();
  }

  @Test
  void stopsWaitingWhenInterrupted() throws Exception {
    Caller<Answer<Integer>> leader = caller("a", this::countBehindGate).untilWaiting();
    Caller<Answer<Integer>> other = caller("a", this::count).untilWaiting();
    other.interrupt();
    assertThat(other.failure()).isInstanceOf(InterruptedException.class);
    gate.countDown();
    assertThat(leader.result().value()).isEqualTo(1);
  }

  @Test
  void loadsAloneWhenTheWaitTakesTooLong() throws Exception {
    ReadThroughCache<String, Integer> impatient = cache(Duration.ofMillis(5), null);
    Caller<Answer<Integer>> leader =
        Caller.of(() -> impatient.get("a", null, this::countBehindGate)).untilWaiting();
    assertThat(impatient.get("a", null, this::count)).isEqualTo(new Answer<>(2, CacheStatus.MISS));
    assertThat(impatient.cache().get("a").status()).as("not kept").isEqualTo(CacheStatus.MISS);
    gate.countDown();
    assertThat(leader.result().value()).isEqualTo(1);
    assertThat(impatient.cache().get("a").value()).isEqualTo(1);
  }

  @Test
  void doesNotWaitForALoadThatIsTooOld() throws Exception {
    ReadThroughCache<String, Integer> fresh = cache(Duration.ofMinutes(1), SECOND);
    Caller<Answer<Integer>> leader =
        Caller.of(() -> fresh.get("a", null, this::countBehindGate)).untilWaiting();
    Caller<Answer<Integer>> other =
        Caller.of(() -> fresh.get("a", null, this::count)).untilWaiting();
    pass(SECOND.plusNanos(1));
    assertThat(fresh.get("a", null, this::count)).isEqualTo(new Answer<>(2, CacheStatus.MISS));
    gate.countDown();
    assertThat(leader.result().value()).isEqualTo(1);
    assertThat(other.result().status()).isEqualTo(CacheStatus.LOCK_HIT);
  }

  @Test
  void tellsALoaderThatAsksForItsOwnKey() {
    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(() -> cache.get("a", null, key -> Loaded.of(recurse(key))))
        .withRootCauseInstanceOf(IllegalStateException.class);
    assertThat(cache.loading()).isZero();
  }

  private int recurse(String key) throws Exception {
    Integer value = cache.get(key, null, this::count).value();
    return value == null ? -1 : value;
  }

  @Test
  void letsALoaderAskForOtherKeys() throws Exception {
    Answer<Integer> answer = cache.get("a", null, _ -> Loaded.of(recurse("b") + 10));
    assertThat(answer.value()).isEqualTo(11);
    assertThat(cache.cache().get("b").value()).isEqualTo(1);
  }

  @Test
  void servesStaleOnlyAsLongAsAllowed() throws Exception {
    cache.get("a", SECOND, this::count);
    pass(Duration.ofSeconds(3));
    assertThat(cache.getStale("a", SECOND, Duration.ofSeconds(2), this::count))
        .isEqualTo(new Answer<>(1, CacheStatus.stale(Duration.ofSeconds(2))));
    assertThat(cache.getStale("a", SECOND, Duration.ofMillis(1_999), this::count))
        .isEqualTo(new Answer<>(2, CacheStatus.EXPIRED));
    assertThat(cache.getStale("a", SECOND, Duration.ZERO, this::count))
        .isEqualTo(new Answer<>(2, CacheStatus.HIT));
    assertThat(cache.getStale("b", SECOND, SECOND, this::count))
        .isEqualTo(new Answer<>(3, CacheStatus.MISS));
  }

  @Test
  void servesStaleWhileSomebodyLoads() throws Exception {
    cache.get("a", SECOND, this::count);
    pass(Duration.ofSeconds(2));
    Caller<Answer<Integer>> leader = caller("a", this::countBehindGate).untilWaiting();
    assertThat(cache.getStale("a", SECOND, SECOND, this::count).value()).isEqualTo(1);
    gate.countDown();
    assertThat(leader.result().value()).isEqualTo(2);
  }

  @Test
  void refreshesStaleValuesInTheBackgroundOnce() throws Exception {
    List<Runnable> tasks = new ArrayList<>();
    ReadThroughCache<String, Integer> refreshing = refreshing(1, tasks);
    refreshing.get("a", SECOND, this::count);
    refreshing.get("b", SECOND, this::count);
    pass(Duration.ofSeconds(2));
    Answer<Integer> answer = stale(refreshing, "a");
    assertThat(answer).isEqualTo(new Answer<>(1, CacheStatus.stale(SECOND)));
    assertThat(stale(refreshing, "b").value()).isEqualTo(2);
    assertThat(tasks).as("one refresh at a time").hasSize(1);
    tasks.removeFirst().run();
    assertThat(stale(refreshing, "a")).isEqualTo(new Answer<>(3, CacheStatus.HIT));
    assertThat(tasks).isEmpty();
    stale(refreshing, "b");
    assertThat(tasks).as("the place is free again").hasSize(1);
  }

  @Test
  void freesThePlaceOfARefreshThatFails() throws Exception {
    List<Runnable> tasks = new ArrayList<>();
    ReadThroughCache<String, Integer> refreshing = refreshing(1, tasks);
    refreshing.get("a", SECOND, this::count);
    pass(Duration.ofSeconds(2));
    for (int i = 0; i < 3; i++) {
      refreshing.getStaleWhileUpdate("a", SECOND, SECOND, ReadThroughCacheTest::fail);
      tasks.removeFirst().run();
    }
    assertThat(stale(refreshing, "a").value()).isEqualTo(1);
  }

  @Test
  void keepsServingStaleWhenNobodyWillRefresh() throws Exception {
    ReadThroughOptions options = ReadThroughOptions.DEFAULTS.withClock(clock::get);
    ReadThroughCache<String, Integer> rejecting =
        ReadThroughCache.of(
            10,
            options.withRefreshes(
                2,
                _ -> {
                  throw new RejectedExecutionException("shut down");
                }));
    rejecting.get("a", SECOND, this::count);
    pass(Duration.ofSeconds(2));
    for (int i = 0; i < 5; i++) {
      assertThat(stale(rejecting, "a").value()).isEqualTo(1);
    }
    ReadThroughCache<String, Integer> never =
        ReadThroughCache.of(10, options.withRefreshes(0, Runnable::run));
    never.get("a", SECOND, this::count);
    pass(Duration.ofSeconds(2));
    assertThat(stale(never, "a").value()).isEqualTo(2);
    assertThat(loads).hasValue(2);
  }

  @Test
  void refreshesOnVirtualThreadsByDefault() throws Exception {
    cache.get("a", SECOND, this::count);
    pass(Duration.ofSeconds(2));
    CountDownLatch refreshed = new CountDownLatch(1);
    cache.getStaleWhileUpdate(
        "a",
        SECOND,
        SECOND,
        _ -> {
          if (Thread.currentThread().isVirtual()) {
            refreshed.countDown();
          }
          return Loaded.of(7);
        });
    refreshed.await();
  }

  private ReadThroughCache<String, Integer> refreshing(int max, List<Runnable> tasks) {
    ReadThroughOptions options = ReadThroughOptions.DEFAULTS.withClock(clock::get);
    return ReadThroughCache.of(10, options.withRefreshes(max, tasks::add));
  }

  private Answer<Integer> stale(ReadThroughCache<String, Integer> from, String key)
      throws Exception {
    return from.getStaleWhileUpdate(key, SECOND, Duration.ofSeconds(5), this::count);
  }

  @Test
  void loadsEachValueOnceUnderRaces() throws Exception {
    ReadThroughCache<Integer, Integer> shared = ReadThroughCache.of(10_000);
    AtomicInteger[] counts = new AtomicInteger[2_000];
    for (int key = 0; key < counts.length; key++) {
      counts[key] = new AtomicInteger();
    }
    Race.run(
        4,
        _ -> {
          for (int key = 0; key < counts.length; key++) {
            Answer<Integer> answer =
                shared.get(key, null, k -> Loaded.of(counts[k].incrementAndGet()));
            assertThat(answer.value()).isEqualTo(1);
          }
        });
    assertThat(counts).allMatch(count -> count.get() == 1);
    assertThat(shared.loading()).isZero();
  }

  @Test
  void worksWithoutCapacity() throws Exception {
    ReadThroughCache<String, Integer> none = ReadThroughCache.of(0);
    assertThat(none.get("a", null, this::count).value()).isEqualTo(1);
    assertThat(none.get("a", null, this::count).value()).isEqualTo(2);
  }

  @Test
  void refusesBadOptions() {
    ReadThroughOptions defaults = ReadThroughOptions.DEFAULTS;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> defaults.withLock(SECOND.negated(), null))
        .withMessage("lockTimeout: PT-1S (expected: 0 or more)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> defaults.withLock(SECOND, SECOND.negated()))
        .withMessage("lockAge: PT-1S (expected: 0 or more)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> defaults.withRefreshes(-1, Runnable::run))
        .withMessage("maxRefreshes: -1 (expected: 0 or more)");
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
  private static Loaded<Integer> nothing() {
    return null;
  }
}

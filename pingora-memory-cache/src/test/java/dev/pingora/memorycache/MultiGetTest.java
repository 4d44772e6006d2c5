// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.memorycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MultiGetTest {
  private final AtomicLong clock = new AtomicLong();
  private final CountDownLatch gate = new CountDownLatch(1);
  private final List<List<String>> asked = new ArrayList<>();
  private final ReadThroughCache<String, String> cache = cache(Duration.ofMinutes(1));

  private ReadThroughCache<String, String> cache(Duration timeout) {
    return ReadThroughCache.of(
        100, ReadThroughOptions.DEFAULTS.withLock(timeout, null).withClock(clock::get));
  }

  private List<Loaded<String>> upper(List<String> keys) {
    synchronized (asked) {
      asked.add(keys);
    }
    return keys.stream().map(key -> Loaded.of(key.toUpperCase(Locale.ROOT))).toList();
  }

  private List<Loaded<String>> upperBehindGate(List<String> keys) throws InterruptedException {
    gate.await();
    return upper(keys);
  }

  private static Answer<String> answer(String value, CacheStatus status) {
    return new Answer<>(value, status);
  }

  @Test
  void loadsAllThatIsMissingInOneCallAndKeepsTheOrder() throws Exception {
    cache.cache().put("b", "kept");
    cache.cache().put("d", "old", Duration.ofSeconds(1));
    clock.addAndGet(2_000_000_000L);
    List<Answer<String>> answers =
        cache.multiGet(List.of("c", "b", "a", "c", "d"), null, this::upper);
    assertThat(answers)
        .containsExactly(
            answer("C", CacheStatus.MISS),
            answer("kept", CacheStatus.HIT),
            answer("A", CacheStatus.MISS),
            answer("C", CacheStatus.MISS),
            answer("D", CacheStatus.EXPIRED));
    assertThat(asked).containsExactly(List.of("c", "a", "d"));
    assertThat(cache.cache().get("a").value()).isEqualTo("A");
    assertThat(cache.loading()).isZero();
  }

  @Test
  void loadsNothingWhenAllIsThere() throws Exception {
    assertThat(cache.multiGet(List.of(), null, this::upper)).isEmpty();
    cache.cache().put("a", "x");
    assertThat(cache.multiGet(List.of("a"), null, this::upper))
        .containsExactly(answer("x", CacheStatus.HIT));
    assertThat(asked).isEmpty();
  }

  @Test
  void waitsForWhatOthersLoad() throws Exception {
    Caller<Answer<String>> single =
        Caller.of(() ->
                cache.get(
                    "a",
                    null,
                    _ -> {
                      gate.await();
                      return Loaded.of("single");
                    }))
            .untilWaiting();
    Caller<List<Answer<String>>> many =
        Caller.of(() -> cache.multiGet(List.of("a", "b"), null, this::upper)).untilWaiting();
    assertThat(cache.cache().get("b").value()).as("what it leads is loaded first").isEqualTo("B");
    gate.countDown();
    assertThat(many.result())
        .containsExactly(answer("single", CacheStatus.LOCK_HIT), answer("B", CacheStatus.MISS));
    assertThat(single.result().value()).isEqualTo("single");
    assertThat(asked).containsExactly(List.of("b"));
  }

  @Test
  void isWaitedForByOthers() throws Exception {
    Caller<List<Answer<String>>> many =
        Caller.of(() -> cache.multiGet(List.of("a", "b"), null, this::upperBehindGate))
            .untilWaiting();
    Caller<Answer<String>> single =
        Caller.of(() -> cache.get("b", null, _ -> Loaded.of("single"))).untilWaiting();
    gate.countDown();
    assertThat(single.result()).isEqualTo(answer("B", CacheStatus.LOCK_HIT));
    assertThat(many.result()).hasSize(2);
  }

  @Test
  void doesNotBlockAnotherThatLeadsWhatThisOneWants() throws Exception {
    CountDownLatch bothLead = new CountDownLatch(2);
    MultiLoader<String, String> meet =
        keys -> {
          bothLead.countDown();
          bothLead.await();
          return upper(keys);
        };
    // Each leads the first of its keys before it can meet the other's.
    Caller<List<Answer<String>>> one =
        Caller.of(() -> cache.multiGet(List.of("a"), null, meet)).untilWaiting();
    Caller<List<Answer<String>>> two =
        Caller.of(() -> cache.multiGet(List.of("b", "a"), null, meet));
    assertThat(one.result()).containsExactly(answer("A", CacheStatus.MISS));
    assertThat(two.result()).extracting(Answer::value).containsExactly("B", "A");
  }

  @Test
  void failsForAllItsKeys() throws Exception {
    Caller<List<Answer<String>>> many =
        Caller.of(() ->
                cache.multiGet(
                    List.of("a", "b"),
                    null,
                    _ -> {
                      gate.await();
                      throw new IOException("down");
                    }))
            .untilWaiting();
    Caller<Answer<String>> single =
        Caller.of(() -> cache.get("b", null, _ -> Loaded.of("single"))).untilWaiting();
    Caller<List<Answer<String>>> other =
        Caller.of(() -> cache.multiGet(List.of("a"), null, this::upper)).untilWaiting();
    gate.countDown();
    for (Caller<?> caller : List.of(many, single, other)) {
      assertThat(caller.failure()).isInstanceOf(LoadException.class).hasRootCauseMessage("down");
    }
    assertThat(cache.loading()).isZero();
    assertThat(cache.multiGet(List.of("a"), null, this::upper)).hasSize(1);
  }

  @Test
  void refusesAWrongNumberOfValues() {
    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(() -> cache.multiGet(List.of("a", "b"), null, _ -> List.of(Loaded.of("x"))))
        .withRootCauseInstanceOf(IllegalStateException.class)
        .havingCause()
        .withMessage("the loader returned 1 values for 2 keys");
    assertThat(cache.loading()).isZero();
  }

  @Test
  void startsOverWhenTheLeaderIsInterrupted() throws Exception {
    Caller<List<Answer<String>>> leader =
        Caller.of(() -> cache.multiGet(List.of("a"), null, this::upperBehindGate)).untilWaiting();
    Caller<List<Answer<String>>> other =
        Caller.of(() -> cache.multiGet(List.of("a", "b"), null, this::upper)).untilWaiting();
    leader.interrupt();
    assertThat(leader.failure()).isInstanceOf(InterruptedException.class);
    assertThat(other.result()).extracting(Answer::value).containsExactly("A", "B");
    assertThat(asked).containsExactly(List.of("b"), List.of("a"));
  }

  @Test
  void loadsAloneWhatTakesTooLong() throws Exception {
    ReadThroughCache<String, String> impatient = cache(Duration.ofMillis(5));
    AtomicInteger alone = new AtomicInteger();
    Caller<List<Answer<String>>> leader =
        Caller.of(() -> impatient.multiGet(List.of("a"), null, this::upperBehindGate))
            .untilWaiting();
    List<Answer<String>> answers =
        impatient.multiGet(
            List.of("a"),
            null,
            keys -> keys.stream().map(_ -> Loaded.of("alone" + alone.incrementAndGet())).toList());
    assertThat(answers).containsExactly(answer("alone1", CacheStatus.MISS));
    assertThat(impatient.cache().get("a").status()).as("not kept").isEqualTo(CacheStatus.MISS);
    gate.countDown();
    assertThat(leader.result()).containsExactly(answer("A", CacheStatus.MISS));
  }

  @Test
  void tellsALoaderThatAsksForItsOwnKey() {
    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(() ->
            cache.multiGet(
                List.of("a", "b"),
                null,
                _ -> {
                  cache.multiGet(List.of("c", "b"), null, this::upper);
                  return List.of();
                }))
        .withRootCauseInstanceOf(IllegalStateException.class);
    assertThat(cache.loading()).isZero();
  }
}

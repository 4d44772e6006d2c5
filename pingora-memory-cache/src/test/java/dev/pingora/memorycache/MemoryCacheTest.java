// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.memorycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MemoryCacheTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 500_000_000);
  private final MemoryCache<String, Integer> cache = MemoryCache.of(10, clock::get);

  private void pass(Duration duration) {
    clock.addAndGet(duration.toNanos());
  }

  private static <V> Answer<V> hit(V value) {
    return new Answer<>(value, CacheStatus.HIT);
  }

  @Test
  void hitsAndMisses() {
    assertThat(cache.get("a")).isEqualTo(new Answer<>(null, CacheStatus.MISS));
    cache.put("a", 1);
    assertThat(cache.get("a")).isEqualTo(hit(1));
    assertThat(cache.get("a").toOptional()).hasValue(1);
    assertThat(cache.get("b").toOptional()).isEmpty();
  }

  @Test
  void expiresToTheNanosecondAlsoWhereTheClockOverflows() {
    cache.put("a", 1, SECOND);
    pass(SECOND.minusNanos(1));
    assertThat(clock.get()).as("the clock has wrapped").isNegative();
    assertThat(cache.get("a")).isEqualTo(hit(1));
    pass(Duration.ofNanos(1));
    assertThat(cache.get("a")).isEqualTo(new Answer<>(null, CacheStatus.EXPIRED));
  }

  @Test
  void servesStaleWithItsAge() {
    cache.put("a", 1, SECOND);
    assertThat(cache.getStale("a")).isEqualTo(hit(1));
    pass(Duration.ofSeconds(3));
    Answer<Integer> stale = cache.getStale("a");
    assertThat(stale).isEqualTo(new Answer<>(1, CacheStatus.stale(Duration.ofSeconds(2))));
    assertThat(stale.status().staleAge()).hasValue(Duration.ofSeconds(2));
    assertThat(cache.getStale("b").status()).isEqualTo(CacheStatus.MISS);
  }

  @Test
  void keepsForEverWithoutATtl() {
    cache.put("a", 1);
    cache.put("b", 2, null);
    cache.put("c", 3, Duration.ofSeconds(Long.MAX_VALUE));
    pass(Duration.ofDays(36_500));
    assertThat(cache.get("a")).isEqualTo(hit(1));
    assertThat(cache.get("b")).isEqualTo(hit(2));
    assertThat(cache.get("c")).isEqualTo(hit(3));
  }

  @Test
  void keepsNothingWithATtlOfZeroNorWhatWasThere() {
    cache.put("a", 1);
    cache.put("a", 2, Duration.ZERO);
    assertThat(cache.get("a").status()).isEqualTo(CacheStatus.MISS);
    assertThat(cache.size()).isZero();
  }

  @Test
  void overwritesValueAndTtl() {
    cache.put("a", 1, SECOND);
    cache.put("a", 2, Duration.ofSeconds(5));
    pass(Duration.ofSeconds(2));
    assertThat(cache.get("a")).isEqualTo(hit(2));
    cache.put("a", 3);
    pass(Duration.ofSeconds(20));
    assertThat(cache.get("a")).isEqualTo(hit(3));
  }

  @Test
  void staysFreshLongerWhenTimeGoesBack() {
    cache.put("a", 1, SECOND);
    pass(Duration.ofSeconds(2));
    assertThat(cache.get("a").status()).isEqualTo(CacheStatus.EXPIRED);
    pass(Duration.ofSeconds(-10));
    assertThat(cache.get("a")).isEqualTo(hit(1));
  }

  @Test
  void removes() {
    cache.put("a", 1);
    cache.put("b", 2, SECOND);
    pass(SECOND);
    assertThat(cache.remove("a")).isEqualTo(hit(1));
    assertThat(cache.remove("b").status()).isEqualTo(CacheStatus.EXPIRED);
    assertThat(cache.remove("a").status()).isEqualTo(CacheStatus.MISS);
    assertThat(cache.size()).isZero();
  }

  @Test
  void answersManyInOrder() {
    cache.put("a", 1);
    cache.put("b", 2, SECOND);
    pass(SECOND);
    assertThat(cache.multiGet(List.of("c", "b", "a", "a")))
        .containsExactly(Answer.miss(), Answer.expired(), hit(1), hit(1));
  }

  @Test
  void keepsKeysOfEqualHashApart() {
    cache.put("Aa", 1);
    cache.put("BB", 2);
    assertThat(cache.get("Aa")).isEqualTo(hit(1));
    assertThat(cache.get("BB")).isEqualTo(hit(2));
  }

  @Test
  void staysWithinItsSize() {
    for (int i = 0; i < 1_000; i++) {
      cache.put("k" + i, i);
      assertThat(cache.size()).isLessThanOrEqualTo(10);
      assertThat(cache.get("k" + i)).isEqualTo(hit(i));
    }
  }

  @Test
  void holdsNothingWithoutCapacity() {
    MemoryCache<String, Integer> none = MemoryCache.of(0);
    none.put("a", 1);
    assertThat(none.get("a").status()).isEqualTo(CacheStatus.MISS);
  }

  @Test
  void weighsValues() {
    MemoryCache<String, String> bytes = MemoryCache.weighted(10, 5, String::length, clock::get);
    bytes.put("a", "12345678");
    bytes.put("overweight", "12345678901");
    assertThat(bytes.get("overweight").status()).isEqualTo(CacheStatus.MISS);
    assertThat(bytes.get("a")).isEqualTo(hit("12345678"));
    bytes.put("a", "12345678901");
    assertThat(bytes.get("a").status()).as("outdated").isEqualTo(CacheStatus.MISS);
    assertThatIllegalArgumentException().isThrownBy(() -> bytes.put("b", ""));
  }

  @Test
  void agreesWithAMapOfExpiries() {
    MemoryCache<Integer, Integer> large = MemoryCache.of(1_000, clock::get);
    Map<Integer, Integer> values = new HashMap<>();
    Map<Integer, Long> expiries = new HashMap<>();
    Random random = new Random(1);
    long now = 0;
    for (int step = 0; step < 20_000; step++) {
      int millis = random.nextInt(5);
      now += millis;
      pass(Duration.ofMillis(millis));
      int key = random.nextInt(100);
      if (random.nextInt(4) == 0) {
        int ttl = random.nextInt(300);
        large.put(key, step, Duration.ofMillis(ttl));
        values.put(key, step);
        expiries.put(key, ttl == 0 ? -1 : now + ttl);
      } else {
        large.get(key);
      }
      long expiry = expiries.getOrDefault(key, -1L);
      Answer<Integer> expected =
          expiry < 0
              ? Answer.miss()
              : expiry <= now ? Answer.expired() : hit(values.getOrDefault(key, -1));
      assertThat(large.get(key)).isEqualTo(expected);
    }
  }

  @Test
  void refusesBadArguments() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> cache.put("a", 1, Duration.ofNanos(-1)))
        .withMessage("ttl: PT-0.000000001S (expected: 0 or more)");
    assertThatIllegalArgumentException().isThrownBy(() -> MemoryCache.of(-1));
  }

  @Test
  void namesItsStatuses() {
    CacheStatus stale = CacheStatus.stale(SECOND);
    assertThat(List.of(CacheStatus.HIT, CacheStatus.LOCK_HIT, stale)).allMatch(CacheStatus::isHit);
    assertThat(List.of(CacheStatus.MISS, CacheStatus.EXPIRED)).noneMatch(CacheStatus::isHit);
    assertThat(CacheStatus.HIT.staleAge()).isEmpty();
    assertThat(
            List.of(
                CacheStatus.HIT,
                CacheStatus.MISS,
                CacheStatus.EXPIRED,
                CacheStatus.LOCK_HIT,
                stale))
        .extracting(CacheStatus::word)
        .containsExactly("hit", "miss", "expired", "lock-hit", "stale");
  }

  @Test
  void namesTheNumberOfItemsThatItRefuses() {
    for (int items : new int[] {-1, Integer.MIN_VALUE, (1 << 28) + 1, Integer.MAX_VALUE}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> MemoryCache.of(items))
          .withMessage("items: " + items + " (expected: 0..268435456)");
    }
  }

  @Test
  void dropsTheOldValueWhenTheNewOneHasNoWeight() {
    MemoryCache<String, String> weighted =
        MemoryCache.weighted(
            10,
            10,
            text -> {
              if (text.isBlank()) {
                throw new IllegalStateException("blank");
              }
              return text.length() - 1;
            },
            System::nanoTime);
    weighted.put("k", "old");
    weighted.put("l", "old");
    assertThatIllegalArgumentException().isThrownBy(() -> weighted.put("k", "1"));
    assertThatIllegalStateException().isThrownBy(() -> weighted.put("l", " "));
    assertThat(weighted.get("k").value()).isNull();
    assertThat(weighted.get("l").value()).isNull();
    assertThat(weighted.size()).isZero();
  }
}

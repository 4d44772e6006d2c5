// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tinyufo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TinyUfoTest {

  private static TinyUfo<String, String> cache(long capacity) {
    return TinyUfo.of(capacity, 100);
  }

  @Test
  void holdsWhatWasPut() {
    TinyUfo<String, String> cache = cache(10);
    assertThat(cache.get("a")).isNull();
    assertThat(cache.put("a", "1", 1)).isEmpty();
    assertThat(cache.put("b", "2", 3)).isEmpty();
    assertThat(cache.get("a")).isEqualTo("1");
    assertThat(cache.get("b")).isEqualTo("2");
    assertThat(cache.size()).isEqualTo(2);
    assertThat(cache.weight()).isEqualTo(4);
    assertThat(cache.capacity()).isEqualTo(10);
  }

  @Test
  void keepsKeysOfEqualHashApart() {
    TinyUfo<String, String> cache = cache(10);
    assertThat("Aa").hasSameHashCodeAs("BB");
    cache.put("Aa", "1", 1);
    cache.put("BB", "2", 1);
    assertThat(cache.get("Aa")).isEqualTo("1");
    assertThat(cache.get("BB")).isEqualTo("2");
  }

  @Test
  void replacesValueAndWeight() {
    TinyUfo<String, String> cache = cache(10);
    cache.put("a", "1", 2);
    assertThat(cache.put("a", "2", 7)).as("a replaced value is not evicted").isEmpty();
    assertThat(cache.get("a")).isEqualTo("2");
    assertThat(cache.weight()).isEqualTo(7);
    cache.put("a", "3", 1);
    assertThat(cache.weight()).isEqualTo(1);
    assertThat(cache.size()).isEqualTo(1);
  }

  @Test
  void makesRoomWhenAReplacementIsHeavier() {
    TinyUfo<String, String> cache = cache(10);
    for (int i = 0; i < 10; i++) {
      cache.put("k" + i, "v", 1);
    }
    List<Evicted<String, String>> evicted = cache.put("k9", "w", 4);
    assertThat(evicted.stream().mapToInt(Evicted::weight).sum()).isGreaterThanOrEqualTo(3);
    assertThat(cache.weight()).isLessThanOrEqualTo(10);
  }

  @Test
  void evictsTheUnusedOfTheSmallQueueFirst() {
    TinyUfo<String, String> cache = cache(10);
    for (int i = 0; i < 10; i++) {
      cache.put("k" + i, "v" + i, 1);
      cache.get("k" + i);
    }
    // The small queue holds two, k8 and k9, and both were used: they move on, and something unused
    // must go later.
    for (int i = 0; i < 30; i++) {
      for (int k = 0; k < 8; k++) {
        cache.get("k" + k);
      }
      List<Evicted<String, String>> evicted = cache.put("scan" + i, "s", 1);
      assertThat(evicted).hasSizeLessThanOrEqualTo(1);
      assertThat(evicted).allMatch(e -> e.key().startsWith("scan") || e.key().matches("k[89]"));
    }
    for (int k = 0; k < 8; k++) {
      assertThat(cache.get("k" + k)).as("k%s", k).isEqualTo("v" + k);
    }
  }

  @Test
  void movesWhatWasUsedToMain() {
    TinyUfo<Integer, Integer> cache = TinyUfo.of(100, 100);
    for (int key = 0; key < 100; key++) {
      cache.put(key, key, 1);
    }
    cache.put(1_000, 0, 1);
    cache.get(1_000);
    for (int key = 2_000; key < 2_050; key++) {
      cache.put(key, 0, 1);
    }
    assertThat(cache.get(1_000)).as("used once in the small queue").isNotNull();
    assertThat(cache.get(2_000)).as("not used").isNull();
  }

  @Test
  void letsInWhatIsAskedForAgainAndAgain() {
    TinyUfo<Integer, Integer> cache = TinyUfo.of(100, 100);
    for (int key = 0; key < 100; key++) {
      cache.put(key, key, 1);
    }
    // A key that is asked for again and again, though never while it is held, gets in.
    int puts = 0;
    while (puts < 10) {
      cache.put(1_000, 0, 1);
      puts++;
      for (int key = 0; key < 30; key++) {
        cache.put(2_000 + puts * 100 + key, 0, 1);
      }
      if (cache.get(1_000) != null) {
        break;
      }
    }
    assertThat(puts).isBetween(2, 6);
  }

  @Test
  void evictsExactlyWhatItReports() {
    TinyUfo<Integer, Integer> cache = TinyUfo.of(50, 50);
    Random random = new Random(1);
    Set<Integer> held = new HashSet<>();
    for (int key = 0; key < 5_000; key++) {
      int weight = 1 + random.nextInt(5);
      held.add(key);
      for (Evicted<Integer, Integer> evicted : cache.put(key, weight * 7, weight)) {
        assertThat(held.remove(evicted.key())).isTrue();
        assertThat(evicted.value()).isEqualTo(evicted.weight() * 7);
        assertThat(cache.get(evicted.key())).isNull();
      }
      assertThat(cache.size()).isEqualTo(held.size());
      assertThat(cache.weight()).isLessThanOrEqualTo(50);
    }
    assertThat(held).allMatch(key -> cache.get(key) != null);
  }

  @Test
  void removes() {
    TinyUfo<String, String> cache = cache(10);
    cache.put("a", "1", 4);
    assertThat(cache.remove("a")).isEqualTo("1");
    assertThat(cache.remove("a")).isNull();
    assertThat(cache.get("a")).isNull();
    assertThat(cache.weight()).isZero();
    assertThat(cache.size()).isZero();
    cache.put("a", "2", 5);
    assertThat(cache.get("a")).isEqualTo("2");
    assertThat(cache.weight()).isEqualTo(5);
  }

  @Test
  void holdsNothingWithoutCapacity() {
    TinyUfo<String, String> cache = cache(0);
    assertThat(cache.put("a", "1", 1)).containsExactly(new Evicted<>("a", "1", 1));
    assertThat(cache.get("a")).isNull();
    assertThat(cache.size()).isZero();
  }

  @Test
  void holdsOneThingWithTheLeastCapacity() {
    TinyUfo<String, String> cache = cache(1);
    assertThat(cache.put("a", "1", 1)).isEmpty();
    assertThat(cache.put("b", "2", 1)).hasSize(1);
    assertThat(cache.size()).isEqualTo(1);
  }

  @Test
  void refusesTheOverweightAndDropsWhatItWouldHaveReplaced() {
    TinyUfo<String, String> cache = cache(10);
    cache.put("a", "1", 1);
    cache.put("b", "1", 1);
    assertThat(cache.put("a", "2", 11)).containsExactly(new Evicted<>("a", "2", 11));
    assertThat(cache.get("a")).as("an outdated value is worse than none").isNull();
    assertThat(cache.get("b")).isEqualTo("1");
    assertThat(cache.weight()).isEqualTo(1);
  }

  @Test
  void keepsManyUsedLightItemsBeforeOneHeavy() {
    TinyUfo<String, String> cache = cache(100);
    for (int i = 0; i < 100; i++) {
      cache.put("k" + i, "v", 1);
    }
    for (int i = 0; i < 100; i++) {
      cache.get("k" + i);
    }
    assertThat(cache.put("heavy", "v", 90)).contains(new Evicted<>("heavy", "v", 90));
    assertThat(cache.size()).isGreaterThan(85);
  }

  @Test
  void letsAHeavyItemReplaceManyThatNobodyWants() {
    TinyUfo<String, String> cache = cache(100);
    for (int i = 0; i < 100; i++) {
      cache.put("k" + i, "v", 1);
    }
    // After enough epochs of the sketch nothing is known of the old ones.
    for (int i = 0; i < 3_000; i++) {
      cache.put("scan" + i, "v", 1);
    }
    int tries = 0;
    while (cache.get("heavy") == null && tries++ < 15) {
      cache.put("heavy", "v", 90);
    }
    assertThat(cache.get("heavy")).isNotNull();
    assertThat(cache.weight()).isLessThanOrEqualTo(100);
  }

  @Test
  void boundsTheGhostsOfRemovedItems() {
    TinyUfo<Integer, Integer> cache = TinyUfo.of(100_000, 1_000);
    for (int i = 0; i < 1_000; i++) {
      cache.put(-1 - i, i, 1);
    }
    for (int i = 0; i < 100_000; i++) {
      cache.put(i, i, 1);
      cache.remove(i);
      assertThat(cache.ghosts()).isLessThanOrEqualTo(1_024 + 501 + 1);
    }
    assertThat(cache.size()).isEqualTo(1_000);
    for (int i = 0; i < 1_000; i++) {
      assertThat(cache.get(-1 - i)).isEqualTo(i);
    }
  }

  @Test
  void takesTheGreatestWeights() {
    TinyUfo<Integer, Integer> cache = TinyUfo.of(Long.MAX_VALUE / 2, 100);
    for (int i = 0; i < 100; i++) {
      assertThat(cache.put(i, i, TinyUfo.MAX_WEIGHT)).isEmpty();
    }
    assertThat(cache.weight()).isEqualTo(100L * TinyUfo.MAX_WEIGHT);
  }

  @Test
  void allocatesNothingToGet() throws Exception {
    TinyUfo<String, String> cache = cache(10);
    cache.put("a", "1", 1);
    long allocated =
        Allocation.of(
            100_000,
            () -> {
              cache.get("a");
              cache.get("b");
            });
    assertThat(allocated).isLessThan(10_000);
  }

  @Test
  void refusesBadArguments() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TinyUfo.of(-1, 1))
        .withMessageStartingWith("capacity: -1 (expected: 0..");
    assertThatIllegalArgumentException().isThrownBy(() -> TinyUfo.of(Long.MAX_VALUE, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TinyUfo.of(1, 0))
        .withMessage("estimatedItems: 0 (expected: 1..268435456)");
    TinyUfo<String, String> cache = cache(10);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> cache.put("a", "1", 0))
        .withMessage("weight: 0 (expected: 1..268435455)");
    assertThatIllegalArgumentException().isThrownBy(() -> cache.put("a", "1", -1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> cache.put("a", "1", TinyUfo.MAX_WEIGHT + 1));
    assertThatNullPointerException().isThrownBy(() -> cache.put("a", nothing(), 1));
    assertThatNullPointerException().isThrownBy(() -> cache.put(nothing(), "1", 1));
    assertThatNullPointerException().isThrownBy(() -> cache.get(nothing()));
    assertThat(cache.size()).isZero();
  }

  @SuppressWarnings("NullAway")
  private static String nothing() {
    return null;
  }

  /// A key whose `hashCode` throws when it is called for the n-th time.
  private record Treacherous(int[] calls, int throwsAt) {
    @Override
    public int hashCode() {
      if (++calls[0] == throwsAt) {
        throw new IllegalStateException("hashCode");
      }
      return 1;
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }
  }

  @Test
  void holdsNothingWithoutWeightWhenAKeyThrows() {
    for (int throwsAt = 1; throwsAt <= 8; throwsAt++) {
      TinyUfo<Treacherous, String> cache = TinyUfo.of(10, 10);
      Treacherous key = new Treacherous(new int[1], throwsAt);
      boolean isHeld = true;
      try {
        cache.put(key, "v", 1);
      } catch (IllegalStateException thrown) {
        isHeld = false;
      }
      assertThat(cache.size()).as("throws at %s", throwsAt).isEqualTo(isHeld ? 1 : 0);
      assertThat(cache.weight()).as("throws at %s", throwsAt).isEqualTo(isHeld ? 1 : 0);
    }
  }
}

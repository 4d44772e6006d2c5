// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lru;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LruTest {
  private static final long NO_LIMIT = Long.MAX_VALUE;

  private final Lru<Integer, String> lru = Lru.of(1, 100, NO_LIMIT, new Random(1));

  private static List<Integer> keys(Lru<Integer, ?> lru, int shard) {
    return lru.entries(shard).stream().map(Entry::key).toList();
  }

  private void admit(int... keys) {
    for (int key : keys) {
      lru.admit(key, "v" + key, 1);
    }
  }

  @Test
  void ordersByAdmission() {
    admit(1, 2, 3);
    assertThat(keys(lru, 0)).containsExactly(3, 2, 1);
    assertThat(lru.totals()).isEqualTo(new Totals(3, 3, 0, 0));
    assertThat(lru.peekLru(0)).map(Entry::key).hasValue(1);
  }

  @Test
  void replacesValueAndWeightOfAKnownKeyAndPromotesIt() {
    admit(1, 2, 3);
    assertThat(lru.admit(1, "new", 7)).isZero();
    assertThat(lru.peek(1)).hasValue(new Entry<>(1, "new", 7));
    assertThat(keys(lru, 0)).containsExactly(1, 3, 2);
    assertThat(lru.totals()).isEqualTo(new Totals(3, 9, 0, 0));
    lru.admit(1, "light", 2);
    assertThat(lru.shardWeight(0)).isEqualTo(4);
  }

  @Test
  void promotes() {
    admit(1, 2, 3);
    assertThat(lru.promote(1)).isTrue();
    assertThat(keys(lru, 0)).containsExactly(1, 3, 2);
    assertThat(lru.promote(3)).isTrue();
    assertThat(keys(lru, 0)).containsExactly(3, 1, 2);
    assertThat(lru.promote(3)).isTrue();
    assertThat(keys(lru, 0)).containsExactly(3, 1, 2);
    assertThat(lru.promote(9)).isFalse();
  }

  @Test
  void leavesTheFirstOnesWhereTheyAre() {
    admit(1, 2, 3, 4);
    assertThat(lru.promoteTopN(3, 2)).isTrue();
    assertThat(keys(lru, 0)).containsExactly(4, 3, 2, 1);
    assertThat(lru.promoteTopN(2, 2)).isTrue();
    assertThat(keys(lru, 0)).containsExactly(2, 4, 3, 1);
    assertThat(lru.promoteTopN(1, Integer.MAX_VALUE)).isTrue();
    assertThat(keys(lru, 0)).containsExactly(2, 4, 3, 1);
    assertThat(lru.promoteTopN(1, -1)).isTrue();
    assertThat(keys(lru, 0)).containsExactly(1, 2, 4, 3);
    assertThat(lru.promoteTopN(9, 2)).isFalse();
  }

  @Test
  void peeksWithoutPromoting() {
    admit(1, 2);
    assertThat(lru.peek(1)).hasValue(new Entry<>(1, "v1", 1));
    assertThat(lru.peek(9)).isEmpty();
    assertThat(keys(lru, 0)).containsExactly(2, 1);
  }

  @Test
  void evictsTheLeastRecentlyUsed() {
    admit(1, 2, 3);
    lru.promote(1);
    assertThat(lru.evictShard(0)).hasValue(new Entry<>(2, "v2", 1));
    assertThat(lru.evictShard(0)).map(Entry::key).hasValue(3);
    assertThat(lru.evictShard(0)).map(Entry::key).hasValue(1);
    assertThat(lru.evictShard(0)).isEmpty();
    assertThat(lru.peekLru(0)).isEmpty();
    assertThat(lru.totals()).isEqualTo(new Totals(0, 0, 3, 3));
  }

  @Test
  void evictsDownToTheWeight() {
    lru.admit(1, "a", 60);
    lru.admit(2, "b", 40);
    assertThat(lru.evictToLimit()).isEmpty();
    lru.admit(3, "c", 41);
    assertThat(lru.evictToLimit()).extracting(Entry::key).containsExactly(1);
    lru.admit(4, "d", 100);
    assertThat(lru.evictToLimit()).extracting(Entry::key).containsExactly(2, 3);
    assertThat(lru.totals()).isEqualTo(new Totals(1, 100, 3, 141));
  }

  @Test
  void evictsDownToTheNumberOfEntries() {
    Lru<Integer, String> few = Lru.of(1, NO_LIMIT, 2);
    for (int key = 1; key <= 5; key++) {
      few.admit(key, "v", 1_000);
    }
    assertThat(few.evictToLimit()).extracting(Entry::key).containsExactly(1, 2, 3);
    assertThat(few.totals().size()).isEqualTo(2);
  }

  @Test
  void keepsNothingWithoutCapacity() {
    Lru<Integer, String> none = Lru.of(4, 0);
    none.admit(1, "a", 1);
    none.admit(2, "b", 0);
    assertThat(none.evictToLimit()).hasSize(2);
    assertThat(none.evictToLimit()).isEmpty();
    assertThat(none.totals()).isEqualTo(new Totals(0, 0, 2, 2));
  }

  @Test
  void evictsAnEntryHeavierThanTheLimitAndAllElse() {
    admit(1, 2);
    lru.admit(3, "heavy", 101);
    assertThat(lru.evictToLimit()).extracting(Entry::key).containsExactly(1, 2, 3);
  }

  @Test
  void countsAWeightOfZeroAsOne() {
    lru.admit(1, "a", 0);
    lru.insertTail(2, "b", 0);
    assertThat(lru.totals().weight()).isEqualTo(2);
    assertThat(lru.peek(1)).map(Entry::weight).hasValue(1L);
  }

  @Test
  void incrementsAWeightUpToAMaximumAndPromotes() {
    admit(1, 2);
    assertThat(lru.incrementWeight(1, 4, 10)).isEqualTo(5);
    assertThat(keys(lru, 0)).containsExactly(1, 2);
    assertThat(lru.incrementWeight(1, 100, 10)).isEqualTo(10);
    assertThat(lru.incrementWeight(1, 1, 3)).as("never lowers").isEqualTo(10);
    assertThat(lru.incrementWeight(2, Long.MAX_VALUE, Long.MAX_VALUE)).isEqualTo(Lru.MAX_WEIGHT);
    assertThat(lru.incrementWeight(9, 1, 10)).isZero();
    assertThat(lru.totals().weight()).isEqualTo(10 + Lru.MAX_WEIGHT);
    assertThat(lru.shardWeight(0)).isEqualTo(10 + Lru.MAX_WEIGHT);
  }

  @Test
  void removesWithoutEvicting() {
    admit(1, 2, 3);
    assertThat(lru.remove(2)).hasValue(new Entry<>(2, "v2", 1));
    assertThat(lru.remove(2)).isEmpty();
    assertThat(keys(lru, 0)).containsExactly(3, 1);
    assertThat(lru.remove(3)).isPresent();
    assertThat(lru.remove(1)).isPresent();
    assertThat(lru.totals()).isEqualTo(new Totals(0, 0, 0, 0));
  }

  @Test
  void insertsAtTheTailOnlyWhatIsNew() {
    assertThat(lru.insertTail(1, "a", 2)).isTrue();
    assertThat(lru.insertTail(2, "b", 3)).isTrue();
    assertThat(lru.insertTail(1, "other", 9)).isFalse();
    assertThat(keys(lru, 0)).containsExactly(1, 2);
    assertThat(lru.peek(1)).hasValue(new Entry<>(1, "a", 2));
    assertThat(lru.totals().weight()).isEqualTo(5);
  }

  @Test
  void restoresTheOrderThatWasSaved() {
    Lru<Integer, String> saved = Lru.of(8, NO_LIMIT, NO_LIMIT, new Random(2));
    Random random = new Random(3);
    for (int i = 0; i < 1_000; i++) {
      saved.admit(random.nextInt(300), "v" + i, 1 + random.nextInt(9));
    }
    Lru<Integer, String> restored = Lru.of(8, NO_LIMIT);
    for (int shard = 0; shard < saved.shards(); shard++) {
      for (Entry<Integer, String> entry : saved.entries(shard)) {
        restored.insertTail(entry.key(), entry.value(), entry.weight());
      }
    }
    for (int shard = 0; shard < 8; shard++) {
      assertThat(restored.entries(shard)).isEqualTo(saved.entries(shard));
    }
    assertThat(restored.totals()).isEqualTo(saved.totals());
  }

  @Test
  void spreadsKeysOverAllShards() {
    Lru<Integer, String> many = Lru.of(10, NO_LIMIT);
    for (int key = 0; key < 10_000; key++) {
      int shard = many.admit(key, "v", 1);
      assertThat(shard).isBetween(0, 9);
    }
    for (int shard = 0; shard < 10; shard++) {
      assertThat(many.shardSize(shard)).isBetween(850, 1_150);
    }
  }

  @Test
  void evictsFromTheLongerOfTwoShards() {
    Lru<Integer, String> many = Lru.of(8, NO_LIMIT, 4_000, new Random(4));
    for (int key = 0; key < 20_000; key++) {
      many.admit(key, "v", 1);
      many.evictToLimit();
    }
    // Drawing one shard instead of two would let them drift apart by hundreds.
    for (int shard = 0; shard < 8; shard++) {
      assertThat(many.shardSize(shard)).isBetween(490, 510);
    }
  }

  @Test
  void evictsAboutTheOldestOfAll() {
    Lru<Integer, String> many = Lru.of(8, NO_LIMIT, 4_000, new Random(5));
    for (int key = 0; key < 20_000; key++) {
      many.admit(key, "v", 1);
      for (Entry<Integer, String> old : many.evictToLimit()) {
        assertThat(key - old.key()).isBetween(3_400, 4_600);
      }
    }
  }

  @Test
  void findsTheOnlyFullShard() {
    Lru<Integer, String> many = Lru.of(64, 1, NO_LIMIT, new Random(6));
    many.admit(42, "a", 5);
    assertThat(many.evictToLimit()).extracting(Entry::key).containsExactly(42);
  }

  @Test
  void allocatesNothingToPromote() throws Exception {
    admit(1, 2, 3, 4);
    long allocated =
        Allocation.of(
            100_000,
            () -> {
              lru.promote(1);
              lru.promoteTopN(2, 1);
              lru.promoteTopN(2, 3);
            });
    assertThat(allocated).isLessThan(10_000);
  }

  @Test
  void addsUpTheGreatestWeights() {
    Lru<Integer, String> heavy = Lru.of(4, Long.MAX_VALUE);
    for (int key = 0; key < 1_000; key++) {
      heavy.admit(key, "v", Lru.MAX_WEIGHT);
      assertThat(heavy.incrementWeight(key, Long.MAX_VALUE, Long.MAX_VALUE))
          .isEqualTo(Lru.MAX_WEIGHT);
    }
    assertThat(heavy.totals().weight()).isEqualTo(1_000 * Lru.MAX_WEIGHT);
    assertThat(heavy.evictToLimit()).isEmpty();
  }

  @Test
  void refusesBadArguments() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Lru.of(0, 1))
        .withMessage("shards: 0 (expected: 1..65536)");
    assertThatIllegalArgumentException().isThrownBy(() -> Lru.of(65_537, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> Lru.of(1, -1));
    assertThatIllegalArgumentException().isThrownBy(() -> Lru.of(1, 1, -1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> lru.admit(1, "a", -1))
        .withMessage("weight: -1 (expected: 0..1099511627776)");
    assertThatIllegalArgumentException().isThrownBy(() -> lru.admit(1, "a", Long.MAX_VALUE));
    assertThatIllegalArgumentException().isThrownBy(() -> lru.insertTail(1, "a", -1));
    assertThatIllegalArgumentException().isThrownBy(() -> lru.incrementWeight(1, -1, 1));
    assertThatNullPointerException().isThrownBy(() -> lru.admit(1, nothing(), 1));
    assertThat(lru.totals()).isEqualTo(new Totals(0, 0, 0, 0));
  }

  @SuppressWarnings("NullAway")
  private static String nothing() {
    return null;
  }
}

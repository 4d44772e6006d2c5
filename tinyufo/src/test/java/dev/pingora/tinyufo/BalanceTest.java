// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tinyufo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class BalanceTest {
  private static final int CAPACITY = 100_000;
  private static final long HOME = 1_001;
  private final Balance balance = new Balance(CAPACITY, CAPACITY);

  private static int hash(int key) {
    return Sketch.spread(key);
  }

  /// Keys leave the small queue and are asked for at once.
  private void regretSmall(int times) {
    for (int key = 0; key < times; key++) {
      balance.leftSmall(hash(key));
      balance.missed(hash(key));
    }
  }

  private void regretMain(int times) {
    for (int key = 0; key < times; key++) {
      balance.leftMain(hash(key));
      balance.missed(hash(key));
    }
  }

  @Test
  void startsAtAHundredth() {
    assertThat(balance.limit()).isBetween(HOME - 1, HOME);
  }

  @Test
  void givesRoomToTheQueueWhoseDeparturesComeBack() {
    regretSmall(2_000);
    assertThat(balance.limit()).isBetween(HOME + 2_990, HOME + 3_000);
    regretMain(1_000);
    assertThat(balance.limit()).isBetween(HOME + 740, HOME + 750);
  }

  @Test
  void countsEachDepartureOnce() {
    balance.leftSmall(hash(1));
    balance.missed(hash(1));
    long once = balance.limit();
    for (int i = 0; i < 100; i++) {
      balance.missed(hash(1));
    }
    assertThat(balance.limit()).isEqualTo(once);
  }

  @Test
  void learnsNothingFromWhatItNeverSaw() {
    for (int key = 0; key < 100_000; key++) {
      balance.missed(hash(key));
    }
    assertThat(balance.limit()).isBetween(HOME - 1, HOME);
  }

  /// A slot is overwritten with odds of 1 in 6,250 by each departure.
  @Test
  void forgetsWhatLeftLongAgo() {
    int remembered = 0;
    for (int round = 0; round < 200; round++) {
      Balance fresh = new Balance(CAPACITY, CAPACITY);
      Random random = new Random(round);
      int key = random.nextInt();
      fresh.leftSmall(hash(key));
      for (int i = 0; i < CAPACITY / 4; i++) {
        fresh.leftSmall(hash(random.nextInt()));
      }
      long before = fresh.limit();
      fresh.missed(hash(key));
      remembered += fresh.limit() > before ? 1 : 0;
    }
    // Four tables' lengths later: e⁻⁴ = 1.8 %, so about four.
    assertThat(remembered).isBetween(0, 15);
  }

  @Test
  void staysBetweenAHundredthAndFourFifths() {
    regretSmall(200_000);
    assertThat(balance.limit()).isBetween(79_900L, 80_001L);
    regretMain(200_000);
    assertThat(balance.limit()).isBetween(HOME - 1, HOME);
  }

  /// 1/e is left after eighty times as many departures as items, or so.
  @Test
  void returnsWhenNothingIsRegretted() {
    regretSmall(200_000);
    long away = balance.limit() - HOME;
    for (int key = 0; key < 80 * CAPACITY; key++) {
      balance.leftSmall(hash(key));
    }
    double left = (double) (balance.limit() - HOME) / away;
    assertThat(left).isBetween(0.33, 0.41);
  }

  @Test
  void worksForTheLeastAndGreatestSizes() {
    Balance none = new Balance(0, 1);
    Balance huge = new Balance(Long.MAX_VALUE / 2, 1 << 20);
    assertThat(none.limit()).isEqualTo(1);
    assertThat(huge.limit()).isBetween(Long.MAX_VALUE / 201, Long.MAX_VALUE / 199);
    for (int key = 0; key < 1_000; key++) {
      for (Balance one : new Balance[] {none, huge}) {
        one.leftSmall(hash(key));
        one.missed(hash(key));
      }
    }
    assertThat(none.limit()).isEqualTo(1);
    long grown = huge.limit();
    assertThat(grown).isBetween(Long.MAX_VALUE / 200, Long.MAX_VALUE / 150);
    huge.leftSmall(hash(-1));
    huge.missed(hash(-1));
    assertThat(huge.limit()).as("the least step counts").isGreaterThan(grown);
  }

  @Test
  void staysWithinBoundsUnderRaces() throws Exception {
    Balance small = new Balance(1_000, 1_000);
    Race.run(
        4,
        thread -> {
          Random random = new Random(thread);
          for (int i = 0; i < 50_000; i++) {
            int hash = hash(random.nextInt(200));
            if (thread % 2 == 0) {
              small.leftSmall(hash);
            } else {
              small.leftMain(hash);
            }
            small.missed(hash);
            assertThat(small.limit()).isBetween(10L, 801L);
          }
        });
  }

  @Test
  void allocatesNothing() throws Exception {
    int[] key = new int[1];
    long allocated =
        Allocation.of(
            100_000,
            () -> {
              int hash = hash(key[0]++);
              balance.leftSmall(hash);
              balance.missed(hash);
              balance.limit();
            });
    assertThat(allocated).isLessThan(10_000);
  }
}

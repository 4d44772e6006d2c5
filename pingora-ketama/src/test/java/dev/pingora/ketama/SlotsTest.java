// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.ketama;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SlotsTest {
  private static int[] slots(Slots slots, int count) {
    return IntStream.range(0, count).map(slots::of).toArray();
  }

  @Test
  void keepsSlotsWhereverBucketsStand() {
    Slots three = Slots.NONE.next(new int[] {-1, -1, -1});
    assertThat(slots(three, 3)).containsExactly(0, 1, 2);
    Slots turned = three.next(new int[] {2, 1, 0});
    assertThat(slots(turned, 3)).containsExactly(2, 1, 0);
    assertThat(turned.indexOf(2)).isZero();
    assertThat(turned.indexOf(0)).isEqualTo(2);
  }

  @Test
  void givesTheLowestFreeSlot() {
    Slots three = Slots.NONE.next(new int[] {-1, -1, -1});
    Slots swapped = three.next(new int[] {-1, 0, 2, -1});
    assertThat(slots(swapped, 4)).containsExactly(1, 0, 2, 3);
    assertThat(swapped.size()).isEqualTo(4);
  }

  @Test
  void tellsWhoseBucketIsNotKept() {
    Slots three = Slots.NONE.next(new int[] {-1, -1, -1});
    assertThat(three.leaving(new int[] {2, -1})).containsExactly(true, true, false);
  }

  @Test
  void numbersTheMostBucketsThereMayBe() {
    int[] before = new int[Continuum.MAX_BUCKETS];
    Arrays.fill(before, -1);
    Slots all = Slots.NONE.next(before);
    assertThat(all.of(Continuum.MAX_BUCKETS - 1)).isEqualTo(Continuum.MAX_BUCKETS - 1);
    assertThat(all.indexOf(Continuum.MAX_BUCKETS - 1)).isEqualTo(Continuum.MAX_BUCKETS - 1);
  }

  @Test
  void hasNoMoreSlotsThanBucketsAtOnceHoweverManyComeAndGo() {
    Random random = new Random(1);
    Slots slots = Slots.NONE;
    int size = 0;
    for (int round = 0; round < 2_000; round++) {
      List<Integer> before = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        if (random.nextInt(4) > 0) {
          before.add(i);
        }
      }
      while (before.size() < 40 && random.nextInt(20) > 0) {
        before.add(-1);
      }
      Collections.shuffle(before, random);
      Slots next = slots.next(before.stream().mapToInt(Integer::intValue).toArray());
      for (int i = 0; i < before.size(); i++) {
        assertThat(next.indexOf(next.of(i))).isEqualTo(i);
        if (before.get(i) >= 0) {
          assertThat(next.of(i)).isEqualTo(slots.of(before.get(i)));
        }
      }
      slots = next;
      size = before.size();
      assertThat(slots.size()).isLessThanOrEqualTo(40);
    }
  }
}

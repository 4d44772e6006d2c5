// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.ketama;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SectorTest {
  private static final boolean[] NOBODY = new boolean[1 << 16];

  private static Sector sector(int... hashes) {
    char[] slots = new char[hashes.length];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = (char) i;
    }
    return new Sector(hashes, slots, 1);
  }

  @Test
  void countsPointsBeforeAHash() {
    Sector sector = sector(10, 20, 0x7fffffff);
    assertThat(sector.count(0)).isZero();
    assertThat(sector.count(10)).isZero();
    assertThat(sector.count(11)).isEqualTo(1);
    assertThat(sector.count(21)).isEqualTo(2);
    assertThat(sector.count(0x7fffffff)).isEqualTo(2);
    Sector upper = sector(0x80000000, -5);
    assertThat(upper.count(0x80000000)).isZero();
    assertThat(upper.count(0x80000001)).isEqualTo(1);
    assertThat(upper.count(-5)).isEqualTo(1);
    assertThat(upper.count(-1)).isEqualTo(2);
    assertThat(Sector.EMPTY.count(0)).isZero();
    assertThat(Sector.EMPTY.count(-1)).isZero();
  }

  @Test
  void countsAmongPointsOfOneArc() {
    int[] hashes = new int[10_000];
    for (int i = 0; i < hashes.length; i++) {
      hashes[i] = 0x40000000 + 2 * i;
    }
    Sector sector = sector(hashes);
    for (int i = 0; i < hashes.length; i++) {
      assertThat(sector.count(hashes[i])).isEqualTo(i);
      assertThat(sector.count(hashes[i] - 1)).isEqualTo(i);
    }
  }

  /// Of a 4,096th of the circle 20 bits tell points apart: more arcs than that there cannot be.
  @ParameterizedTest
  @ValueSource(ints = {1, 9, 12})
  void countsInSectorsOfAnySizeAndPlace(int ringBits) {
    Random random = new Random(1);
    for (int round = 0; round < 60; round++) {
      int first = random.nextInt() << 32 - ringBits;
      int width = random.nextInt(1, 33 - ringBits);
      int[] hashes =
          random
              .ints(random.nextInt(1, 3_000))
              .map(bits -> first | bits >>> 32 - width)
              .boxed()
              .sorted(Integer::compareUnsigned)
              .mapToInt(Integer::intValue)
              .toArray();
      Sector sector = new Sector(hashes, new char[hashes.length], ringBits);
      for (int i = 0; i < 100; i++) {
        int hash = first | random.nextInt() >>> 32 - width;
        long before =
            Arrays.stream(hashes).filter(other -> Integer.compareUnsigned(other, hash) < 0).count();
        assertThat(sector.count(hash)).isEqualTo((int) before);
      }
      assertThat(sector.distinct()).isEqualTo((int) Arrays.stream(hashes).distinct().count());
    }
  }

  @Test
  void skipsPointsOfEqualHash() {
    Sector sector = sector(5, 5, 5, 8, 9, 9);
    assertThat(sector.next(0)).isEqualTo(3);
    assertThat(sector.next(3)).isEqualTo(4);
    assertThat(sector.next(4)).isEqualTo(6);
    assertThat(sector.distinct()).isEqualTo(3);
  }

  /// Buckets go and come, with ties everywhere and with none.
  @ParameterizedTest
  @ValueSource(ints = {7, 1 << 30})
  void changesAsIfBuiltAnew(int hashes) {
    Random random = new Random(2);
    for (int round = 0; round < 500; round++) {
      List<Long> before = points(random, hashes, 0);
      List<Long> added = points(random, hashes, 12);
      boolean[] leaves = new boolean[24];
      for (int slot = 0; slot < 12; slot++) {
        leaves[slot] = random.nextInt(3) == 0;
      }
      Sector old = Sector.EMPTY.with(NOBODY, sorted(before), 0, before.size(), 1);
      // Those of other sectors lie on both sides.
      added.addFirst(Sector.pack(0, 23));
      added.addLast(Sector.pack(-1, 23));
      Sector changed =
          old.with(leaves, sorted(added), 1, added.size() - 1, 1).ordered((a, b) -> a - b);
      List<Long> expected = new ArrayList<>(added.subList(1, added.size() - 1));
      before.stream().filter(point -> !leaves[(int) (long) point & 0xffff]).forEach(expected::add);
      assertPoints(changed, sorted(expected));
    }
  }

  private static List<Long> points(Random random, int hashes, int firstSlot) {
    List<Long> points = new ArrayList<>();
    for (int n = random.nextInt(40); n > 0; n--) {
      points.add(Sector.pack(1 + random.nextInt(hashes), firstSlot + random.nextInt(12)));
    }
    return points;
  }

  private static long[] sorted(List<Long> points) {
    return points.stream().mapToLong(Long::longValue).sorted().toArray();
  }

  private static void assertPoints(Sector sector, long[] expected) {
    assertThat(sector.size()).isEqualTo(expected.length);
    for (int at = 0; at < expected.length; at++) {
      assertThat(Sector.pack(sector.hashAt(at), sector.slotAt(at))).isEqualTo(expected[at]);
      assertThat(sector.hashAt(sector.count(sector.hashAt(at)))).isEqualTo(sector.hashAt(at));
    }
  }

  @Test
  void isTheSameWhereNothingIsOutOfOrder() {
    Sector sector = new Sector(new int[] {3, 3, 4}, new char[] {1, 2, 0}, 1);
    assertThat(sector.ordered((a, b) -> a - b)).isSameAs(sector);
    Sector turned = sector.ordered((a, b) -> b - a);
    assertThat(new int[] {turned.slotAt(0), turned.slotAt(1), turned.slotAt(2)})
        .containsExactly(2, 1, 0);
    assertThat(sector.slotAt(0)).as("the old one").isEqualTo(1);
    Sector even = new Sector(new int[] {3, 4, 5}, new char[] {2, 1, 0}, 1);
    Sector.TieOrder unasked =
        (_, _) -> {
          throw new AssertionError("no ties, no questions");
        };
    assertThat(even.ordered(unasked)).isSameAs(even);
  }

  /// A server listed thousands of times has all its points at the same places.
  @Test
  void asksOnceAboutPointsOfEqualHashThatAreInOrder() {
    int count = 16_000;
    long[] ties =
        IntStream.of(7, 70, 700)
            .boxed()
            .flatMap(hash -> IntStream.range(0, count).mapToObj(slot -> Sector.pack(hash, slot)))
            .mapToLong(Long::longValue)
            .toArray();
    int[] asked = new int[1];
    Sector sector = Sector.EMPTY.with(NOBODY, ties, 0, ties.length, 1);
    sector.ordered((a, b) -> {
      asked[0]++;
      return a - b;
    });
    assertThat(asked[0]).isEqualTo(3 * (count - 1));
    asked[0] = 0;
    Sector turned =
        sector.ordered((a, b) -> {
          asked[0]++;
          return b - a;
        });
    assertThat(asked[0]).isLessThan(3 * count * 16);
    for (int at = 0; at < 3 * count; at++) {
      assertThat(turned.slotAt(at)).isEqualTo(count - 1 - at % count);
    }
  }
}

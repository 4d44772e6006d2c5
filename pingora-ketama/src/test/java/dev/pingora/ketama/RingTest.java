// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.ketama;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RingTest {
  private static final Sector.TieOrder BY_SLOT = (slot, other) -> slot - other;

  private static final boolean[] NOBODY = new boolean[1 << 16];

  /// The i-th hash is that of slot i.
  private static Ring ring(int bits, int... hashes) {
    long[] points =
        IntStream.range(0, hashes.length).mapToLong(i -> Sector.pack(hashes[i], i)).toArray();
    return Ring.empty(bits).with(NOBODY, new long[0], points, BY_SLOT, false);
  }

  private static int slotOf(Ring ring, int hash) {
    return ring.slotAt(ring.find(hash));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 9, 13})
  void findsTheFirstPointAtOrAfterAHash(int bits) {
    Ring ring = ring(bits, 10, 20, 0x7fffffff, 0x80000000, -5);
    assertThat(slotOf(ring, 0)).isZero();
    assertThat(slotOf(ring, 10)).isZero();
    assertThat(slotOf(ring, 11)).isEqualTo(1);
    assertThat(slotOf(ring, 21)).isEqualTo(2);
    assertThat(slotOf(ring, 0x80000000)).isEqualTo(3);
    assertThat(slotOf(ring, 0x80000001)).isEqualTo(4);
    assertThat(slotOf(ring, -5)).isEqualTo(4);
    assertThat(slotOf(ring, -4)).as("round the circle").isZero();
    assertThat(slotOf(ring, -1)).isZero();
  }

  @Test
  void findsNothingWhenEmpty() {
    for (int bits = 1; bits <= Ring.MAX_BITS; bits++) {
      Ring empty = Ring.empty(bits);
      assertThat(empty.find(0)).isEqualTo(-1);
      assertThat(empty.find(-1)).isEqualTo(-1);
      assertThat(empty.distinct()).isZero();
      assertThat(empty.size()).isZero();
    }
  }

  @Test
  void findsTheOnlyPoint() {
    for (int hash : new int[] {0, 1, 0x7fffffff, 0x80000000, -1}) {
      for (int bits : new int[] {1, 13}) {
        Ring ring = ring(bits, hash);
        assertThat(ring.hashAt(ring.find(0))).isEqualTo(hash);
        assertThat(ring.hashAt(ring.find(-1))).isEqualTo(hash);
        assertThat(ring.next(ring.find(0))).isEqualTo(ring.find(0)).isNotNegative();
      }
    }
  }

  /// Against a sorted map, from no sector with a point to all with some.
  @ParameterizedTest
  @ValueSource(ints = {1, 5, 9, 13})
  void walksAsASortedMap(int bits) {
    Random random = new Random(bits);
    for (int size : new int[] {1, 2, 30, 4_000}) {
      int[] hashes = random.ints(size).toArray();
      Ring ring = ring(bits, hashes);
      TreeMap<Long, Integer> model = new TreeMap<>();
      for (int i = 0; i < size; i++) {
        model.putIfAbsent(Integer.toUnsignedLong(hashes[i]), i);
      }
      assertThat(ring.distinct()).isEqualTo(model.size());
      assertThat(ring.size()).isEqualTo(size);
      int position = ring.find(0);
      for (int slot : model.values()) {
        assertThat(ring.slotAt(position)).isEqualTo(slot);
        position = ring.next(position);
      }
      assertThat(position).as("round the circle").isEqualTo(ring.find(0));
      for (int i = 0; i < 200; i++) {
        int hash = random.nextInt();
        Long expected = model.ceilingKey(Integer.toUnsignedLong(hash));
        assertThat(Integer.toUnsignedLong(ring.hashAt(ring.find(hash))))
            .isEqualTo(expected == null ? model.firstKey() : expected);
      }
    }
  }

  @Test
  void sharesSectorsWithoutAChange() {
    Ring ring = ring(4, new Random(1).ints(1_000).toArray());
    // Slot 1000 comes to two places, slot 7 goes from one.
    long[] added = {Sector.pack(0x12345678, 1_000), Sector.pack(0xdddddddd, 1_000)};
    boolean[] leaves = new boolean[1_000];
    leaves[7] = true;
    int gone = new Random(1).ints(1_000).toArray()[7];
    Ring next = ring.with(leaves, new long[] {Sector.pack(gone, 7)}, added, BY_SLOT, false);
    assertThat(next.size()).isEqualTo(1_001);
    long touched =
        IntStream.of(0x12345678, 0xdddddddd, gone).map(hash -> hash >>> 28).distinct().count();
    assertThat(next.ownSectors(ring)).isEqualTo((int) touched);
    assertThat(slotOf(next, 0x12345678)).isEqualTo(1_000);
    assertThat(slotOf(next, 0xdddddddd)).isEqualTo(1_000);
    assertThat(slotOf(next, gone)).isNotEqualTo(7);
    assertThat(slotOf(ring, gone)).as("the old ring").isEqualTo(7);
  }

  @Test
  void ordersTiesInSectorsWithoutAChangeToo() {
    Ring ring = ring(2, 5, 5, 0x50000000);
    assertThat(slotOf(ring, 0)).isZero();
    Ring turned = ring.with(NOBODY, new long[0], new long[0], (slot, other) -> other - slot, true);
    assertThat(slotOf(turned, 0)).isEqualTo(1);
    assertThat(turned.distinct()).isEqualTo(2);
    assertThat(turned.ownSectors(ring)).isEqualTo(1);
  }

  @Test
  void hasHundredsOfPointsASectorAndSomeRoom() {
    assertThat(Ring.bits(0)).isEqualTo(1);
    assertThat(Ring.bits(1_600)).isEqualTo(2);
    assertThat(Ring.bits(160_000)).isEqualTo(9);
    assertThat(Ring.bits(1_600_000)).isEqualTo(12);
    assertThat(Ring.bits(Continuum.MAX_POINTS)).isEqualTo(Ring.MAX_BITS);
    Ring ring = Ring.empty(Ring.bits(1 << 17));
    assertThat(ring.suits(1 << 16)).as("half as many").isTrue();
    assertThat(ring.suits((1 << 16) - 1)).isFalse();
    assertThat(ring.suits((1 << 19) - 1)).as("four times as many").isTrue();
    assertThat(ring.suits(1 << 19)).isFalse();
  }

  /// A quarter of a million points and one at the same place: the last has no position left.
  @Test
  void tellsWhenASectorIsOverfull() {
    long[] points = new long[(1 << 18) + 1];
    Arrays.setAll(points, i -> Sector.pack(-1, i & 0xffff));
    Ring full =
        Ring.empty(Ring.MAX_BITS)
            .with(NOBODY, new long[0], Arrays.copyOf(points, 1 << 18), BY_SLOT, false);
    assertThat(full.isOverfull()).isFalse();
    assertThat(full.find(0)).isNotNegative();
    Ring over = Ring.empty(Ring.MAX_BITS).with(NOBODY, new long[0], points, BY_SLOT, false);
    assertThat(over.isOverfull()).isTrue();
    Ring safe = Ring.empty(Ring.SAFE_BITS).with(NOBODY, new long[0], points, BY_SLOT, false);
    assertThat(safe.isOverfull()).isFalse();
    assertThat(safe.distinct()).isEqualTo(1);
    assertThat(1L << 31 - Ring.SAFE_BITS).isGreaterThanOrEqualTo(Continuum.MAX_POINTS);
  }
}

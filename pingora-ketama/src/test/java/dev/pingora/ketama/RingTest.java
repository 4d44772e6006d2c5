// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.ketama;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RingTest {
  private static final Ring EMPTY = new Ring(new int[0], new char[0]);

  private static Ring ring(int... hashes) {
    char[] buckets = new char[hashes.length];
    for (int i = 0; i < buckets.length; i++) {
      buckets[i] = (char) i;
    }
    return new Ring(hashes, buckets);
  }

  @Test
  void findsTheFirstPointAtOrAfterAHash() {
    Ring ring = ring(10, 20, 0x7fffffff, 0x80000000, -5);
    assertThat(ring.find(0)).isZero();
    assertThat(ring.find(10)).isZero();
    assertThat(ring.find(11)).isEqualTo(1);
    assertThat(ring.find(21)).isEqualTo(2);
    assertThat(ring.find(0x80000000)).isEqualTo(3);
    assertThat(ring.find(0x80000001)).isEqualTo(4);
    assertThat(ring.find(-5)).isEqualTo(4);
    assertThat(ring.find(-4)).as("round the circle").isZero();
    assertThat(ring.find(-1)).isZero();
  }

  @Test
  void findsNothingWhenEmpty() {
    assertThat(EMPTY.find(0)).isEqualTo(-1);
    assertThat(EMPTY.find(-1)).isEqualTo(-1);
    assertThat(EMPTY.distinct()).isZero();
  }

  @Test
  void findsTheOnlyPoint() {
    for (int hash : new int[] {0, 1, 0x7fffffff, 0x80000000, -1}) {
      Ring ring = ring(hash);
      assertThat(ring.find(0)).isZero();
      assertThat(ring.find(-1)).isZero();
      assertThat(ring.next(0)).isZero();
    }
  }

  @Test
  void skipsPointsOfEqualHash() {
    Ring ring = ring(5, 5, 5, 8, 9, 9);
    assertThat(ring.find(5)).isZero();
    assertThat(ring.next(0)).isEqualTo(3);
    assertThat(ring.next(3)).isEqualTo(4);
    assertThat(ring.next(4)).isZero();
    assertThat(ring.distinct()).isEqualTo(3);
  }

  @Test
  void findsAmongPointsOfOneArc() {
    int[] hashes = new int[10_000];
    for (int i = 0; i < hashes.length; i++) {
      hashes[i] = 0x40000000 + 2 * i;
    }
    Ring ring = ring(hashes);
    for (int i = 0; i < hashes.length; i++) {
      assertThat(ring.find(hashes[i])).isEqualTo(i);
      assertThat(ring.find(hashes[i] - 1)).isEqualTo(i);
    }
  }

  @Test
  void ordersPointsOfEqualHashByRank() {
    // Of few hashes many points: ties everywhere. The ranks are turned round while all points stay.
    Random random = new Random(1);
    for (int round = 0; round < 200; round++) {
      int buckets = 1 + random.nextInt(8);
      long[] points = new long[random.nextInt(60)];
      for (int i = 0; i < points.length; i++) {
        points[i] = RingMerge.pack(random.nextInt(7) - 3, random.nextInt(buckets));
      }
      int[] up = new int[buckets];
      int[] down = new int[buckets];
      for (int i = 0; i < buckets; i++) {
        up[i] = i;
        down[i] = buckets - 1 - i;
      }
      Ring first = new RingMerge(points.length, up, true).merge(EMPTY, new int[0], points);
      // Bucket i moves to place down[i], so the order among equals must turn.
      Ring second = new RingMerge(points.length, up, false).merge(first, down, new long[0]);
      assertOrdered(first, buckets);
      assertOrdered(second, buckets);
    }
  }

  private static void assertOrdered(Ring ring, int buckets) {
    List<Long> order = new ArrayList<>();
    for (int i = 0; i < ring.size(); i++) {
      order.add(Integer.toUnsignedLong(ring.hashAt(i)) * buckets + ring.bucketAt(i));
    }
    assertThat(order).isSorted();
  }

  /// Buckets go, stay (some under another number) and come, with ties everywhere and with none, in
  /// rings that keep the size of their directory and in rings that do not.
  @ParameterizedTest
  @ValueSource(ints = {7, 1_000_000_007})
  void mergesAsIfBuiltAnew(int hashes) {
    Random random = new Random(3);
    for (int round = 0; round < 500; round++) {
      int[][] points = new int[12][];
      for (int bucket = 0; bucket < points.length; bucket++) {
        points[bucket] = random.ints(random.nextInt(40), -hashes, hashes).toArray();
      }
      int before = random.nextInt(points.length);
      int gone = random.nextInt(points.length);
      int[] newBucket = new int[before];
      List<Integer> stay = new ArrayList<>();
      for (int bucket = 0; bucket < before; bucket++) {
        boolean goes = bucket == gone || random.nextInt(8) == 0;
        newBucket[bucket] = goes ? -1 : stay.size();
        if (!goes) {
          stay.add(bucket);
        }
      }
      List<Integer> after = new ArrayList<>(stay);
      for (int bucket = before; bucket < points.length - random.nextInt(3); bucket++) {
        after.add(bucket);
      }
      Ring old = build(points, IntStream.range(0, before).boxed().toList());
      long[] added = packed(points, after, stay.size());
      int size = after.stream().mapToInt(bucket -> points[bucket].length).sum();
      Ring merged =
          new RingMerge(size, IntStream.range(0, after.size()).toArray(), true)
              .merge(old, newBucket, added);
      assertSame(merged, build(points, after), random);
    }
  }

  private static Ring build(int[][] points, List<Integer> buckets) {
    long[] packed = packed(points, buckets, 0);
    int[] ranks = IntStream.range(0, buckets.size()).toArray();
    return new RingMerge(packed.length, ranks, true).merge(EMPTY, new int[0], packed);
  }

  /// {@return the points of the buckets from one of the list on, by their places in it}
  private static long[] packed(int[][] points, List<Integer> buckets, int from) {
    return IntStream.range(from, buckets.size())
        .boxed()
        .flatMapToLong(place ->
            Arrays.stream(points[buckets.get(place)])
                .mapToLong(hash -> RingMerge.pack(hash, place)))
        .toArray();
  }

  private static void assertSame(Ring ring, Ring expected, Random random) {
    assertThat(ring.size()).isEqualTo(expected.size());
    for (int i = 0; i < ring.size(); i++) {
      assertThat(ring.hashAt(i)).isEqualTo(expected.hashAt(i));
      assertThat(ring.bucketAt(i)).isEqualTo(expected.bucketAt(i));
      assertThat(ring.count(ring.hashAt(i))).isEqualTo(expected.count(ring.hashAt(i)));
    }
    for (int i = 0; i < 50; i++) {
      int hash = random.nextInt();
      assertThat(ring.count(hash)).isEqualTo(expected.count(hash));
    }
  }

  @Test
  void mergesNewPointsBetweenThoseThatStay() {
    long[] points =
        new long[] {RingMerge.pack(30, 1), RingMerge.pack(10, 0), RingMerge.pack(-1, 0)};
    Ring first = new RingMerge(3, new int[] {0, 1}, true).merge(EMPTY, new int[0], points);
    long[] added = new long[] {RingMerge.pack(-2, 1), RingMerge.pack(5, 1), RingMerge.pack(10, 1)};
    Ring second = new RingMerge(5, new int[] {0, 1}, true).merge(first, new int[] {0, -1}, added);
    assertThat(second.size()).isEqualTo(5);
    assertThat(new int[] {second.hashAt(0), second.hashAt(1), second.hashAt(2)})
        .containsExactly(5, 10, 10);
    assertThat(new int[] {second.hashAt(3), second.hashAt(4)}).containsExactly(-2, -1);
    assertThat(second.bucketAt(1)).as("of equal hashes the lower rank").isZero();
    assertThat(second.bucketAt(2)).isEqualTo(1);
  }

  /// A server listed thousands of times has all its points at the same places.
  @Test
  void looksOnceAtEachPointOfEqualHash() {
    int count = 16_000;
    int[] ranks = IntStream.range(0, count).map(bucket -> count - 1 - bucket).toArray();
    for (boolean sameOrder : new boolean[] {true, false}) {
      RingMerge merge = new RingMerge(3 * count, ranks, sameOrder);
      Ring ring = merge.merge(EMPTY, new int[0], ties(0, count));
      assertThat(merge.looks()).isEqualTo(3L * count);
      for (int place = 0; place < 3 * count; place++) {
        assertThat(ring.bucketAt(place)).isEqualTo(count - 1 - place % count);
      }
    }
  }

  @Test
  void looksOnceAtPointsOfEqualHashThatStay() {
    int count = 16_000;
    int[] ranks = IntStream.range(0, count).toArray();
    Ring old =
        new RingMerge(3 * count / 2, ranks, true).merge(EMPTY, new int[0], ties(0, count / 2));
    RingMerge merge = new RingMerge(3 * count, ranks, true);
    Ring ring = merge.merge(old, IntStream.range(0, count / 2).toArray(), ties(count / 2, count));
    assertThat(merge.looks()).isEqualTo(3L * count);
    for (int place = 0; place < 3 * count; place++) {
      assertThat(ring.bucketAt(place)).isEqualTo(place % count);
    }
  }

  /// {@return three points of each bucket, all at the same three hashes}
  private static long[] ties(int from, int to) {
    return IntStream.range(from, to)
        .boxed()
        .flatMapToLong(bucket ->
            LongStream.of(
                RingMerge.pack(7, bucket), RingMerge.pack(70, bucket), RingMerge.pack(-7, bucket)))
        .toArray();
  }
}

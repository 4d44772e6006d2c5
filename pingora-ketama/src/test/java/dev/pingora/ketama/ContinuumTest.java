// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.ketama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ContinuumTest {

  private static List<Bucket> servers(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> Bucket.of("10.0." + i / 256 + "." + i % 256 + ":80"))
        .toList();
  }

  private static List<Bucket> randomBuckets(Random random) {
    List<Bucket> buckets = new ArrayList<>();
    for (int n = random.nextInt(8); n > 0; n--) {
      String address =
          switch (random.nextInt(5)) {
            case 0 -> "unix:/run/" + random.nextInt(5);
            case 1 -> "[2001:db8::" + random.nextInt(5) + "]:443";
            case 2 -> "host-" + random.nextInt(5);
            case 3 -> "UNIX:/x" + random.nextInt(3) + ":" + random.nextInt(3);
            default -> "10.0.0." + random.nextInt(5) + ":80";
          };
      buckets.add(new Bucket(address, random.nextInt(4)));
    }
    return buckets;
  }

  private static void assertSame(Continuum ring, SimpleRing model, Random random) {
    assertThat(ring.points()).isEqualTo(model.points().size());
    for (int i = 0; i < 20; i++) {
      String key = "key" + random.nextInt();
      int expected = model.find(key);
      int position = ring.find(key);
      assertThat(position < 0).isEqualTo(expected < 0);
      for (int step = 0; step < 40 && expected >= 0; step++) {
        assertThat(ring.bucketAt(position)).isEqualTo(model.points().get(expected).bucket());
        position = ring.next(position);
        expected = (expected + 1) % model.points().size();
      }
    }
  }

  @Test
  void agreesWithTheSimpleRing() {
    Random random = new Random(1);
    for (int round = 0; round < 150; round++) {
      List<Bucket> buckets = randomBuckets(random);
      buckets.removeIf(bucket -> bucket.address().startsWith("UNIX"));
      assertSame(Continuum.of(buckets), new SimpleRing(buckets, 160, false), random);
      int multiple = 1 + random.nextInt(50);
      SimpleRing model = new SimpleRing(buckets, multiple, true);
      assertSame(Continuum.compact(buckets, multiple), model, random);
    }
  }

  @Test
  void replacesBucketsAsIfBuiltAnew() {
    Random random = new Random(2);
    Continuum ring = Continuum.of(List.of());
    Continuum compact = Continuum.compact(List.of(), 20);
    for (int round = 0; round < 300; round++) {
      List<Bucket> next = new ArrayList<>(randomBuckets(random));
      if (random.nextBoolean()) {
        next.addAll(ring.buckets().subList(0, Math.min(6, ring.buckets().size())));
        Collections.shuffle(next, random);
      }
      ring = ring.with(next);
      compact = compact.with(next);
      assertEqualRings(ring, Continuum.of(next));
      assertEqualRings(compact, Continuum.compact(next, 20));
    }
  }

  private static void assertEqualRings(Continuum ring, Continuum expected) {
    assertThat(ring.buckets()).isEqualTo(expected.buckets());
    assertThat(ring.points()).isEqualTo(expected.points());
    assertThat(round(ring)).isEqualTo(round(expected));
    for (int i = 0; i < 50; i++) {
      assertThat(ring.node("k" + i)).isEqualTo(expected.node("k" + i));
    }
  }

  /// {@return the buckets once round the circle}
  private static int[] round(Continuum ring) {
    int[] buckets = new int[ring.points()];
    int start = ring.find("start");
    int position = start;
    for (int step = 0; step < buckets.length; step++) {
      buckets[step] = ring.bucketAt(position);
      position = ring.next(position);
    }
    assertThat(position).isEqualTo(start);
    return buckets;
  }

  /// Hundreds of buckets, so that rings have many sectors, some of them shared, and ties: one
  /// bucket comes, goes, weighs another or moves in the list, now and then half of them.
  @Test
  void followsChangesOfAFewAmongManyAsIfBuiltAnew() {
    Random random = new Random(6);
    List<Bucket> list = new ArrayList<>(servers(400));
    Continuum ring = Continuum.of(list);
    Continuum compact = Continuum.compact(list, 300);
    for (int round = 0; round < 60; round++) {
      change(list, random);
      ring = ring.with(list);
      compact = compact.with(list);
      assertEqualRings(ring, Continuum.of(list));
      assertEqualRings(compact, Continuum.compact(list, 300));
    }
    // Some hashes are equal, else half of this would not have been tested.
    assertThat(compact.points())
        .isLessThan(300 * compact.buckets().stream().mapToInt(Bucket::weight).sum());
  }

  private static void change(List<Bucket> list, Random random) {
    int at = random.nextInt(list.size());
    switch (random.nextInt(12)) {
      case 0, 1 -> list.remove(at);
      case 2, 3 -> list.add(at, Bucket.of("10.1.0." + random.nextInt(200) + ":80"));
      case 4, 5 -> list.set(at, new Bucket(list.get(at).address(), random.nextInt(4)));
      case 6 -> list.add(at, list.get(random.nextInt(list.size())));
      case 7 -> Collections.swap(list, at, random.nextInt(list.size()));
      case 8 -> Collections.shuffle(list, random);
      case 9 -> list.subList(0, list.size() / 2).clear();
      case 10 -> list.addAll(at, servers(random.nextInt(500)));
      default -> {} // the same list again
    }
    if (list.isEmpty()) {
      list.add(Bucket.of("10.2.0.1:80"));
    }
  }

  @Test
  void writesAFewSectorsForOneOfThousands() {
    List<Bucket> list = new ArrayList<>(servers(5_000));
    Continuum before = Continuum.of(list);
    list.remove(2_000);
    Continuum after = before.with(list);
    // 160 points in 2,048 sectors, and as many ties as 800,000 points have by chance need no copy.
    assertThat(after.ownSectors(before)).isBetween(100, 160);
    list.add(1_000, Bucket.of("10.9.9.9:80"));
    assertThat(after.with(list).ownSectors(after)).isBetween(100, 160);
    assertThat(after.with(List.copyOf(after.buckets())).ownSectors(after)).isZero();
  }

  /// Its first point is 0, so that the next, computed from it, is the same again: a million points
  /// at one place, more than a position of a ring of 4,096 sectors can tell apart.
  @Test
  void takesAnAddressWhosePointsAreAllTheSame() {
    List<Bucket> list = new ArrayList<>(servers(100));
    list.addFirst(new Bucket("stuck-ag8yzhc:80", 6_600));
    Continuum ring = Continuum.of(list);
    // Others have a few points in the same sector, behind that million.
    assertSame(ring, new SimpleRing(list, 160, false), new Random(7));
    long stuck = Arrays.stream(round(ring)).filter(bucket -> bucket == 0).count();
    assertThat(stuck).isEqualTo(1);
    Continuum without = ring.with(servers(100));
    assertEqualRings(without, Continuum.of(servers(100)));
    assertEqualRings(without.with(list), ring);
  }

  @Test
  void ordersTiesAnewWhenBucketsChangePlaces() {
    // The points of the lighter one are those of the heavier one too.
    Bucket light = Bucket.of("a:1");
    Bucket heavy = new Bucket("a:1", 2);
    for (Continuum none : List.of(Continuum.of(List.of()), Continuum.compact(List.of(), 160))) {
      Continuum ring = none.with(List.of(light, heavy));
      Continuum turned = ring.with(List.of(heavy, light));
      assertThat(ring.node(keyOfFirstPoint(ring))).contains(light);
      assertThat(turned.node(keyOfFirstPoint(ring))).contains(heavy);
      assertEqualRings(turned, none.with(List.of(heavy, light)));
    }
  }

  /// {@return a key that belongs to the bucket listed first}
  private static String keyOfFirstPoint(Continuum ring) {
    return IntStream.range(0, 1_000)
        .mapToObj(i -> "k" + i)
        .filter(key -> ring.bucketAt(ring.find(key)) == 0)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void growsNotWithTheNumberOfChanges() {
    List<Bucket> list = new ArrayList<>(servers(20));
    Continuum ring = Continuum.of(list);
    for (int round = 0; round < 10_000; round++) {
      list.set(round % 20, Bucket.of("10.3." + round / 250 + "." + round % 250 + ":80"));
      ring = ring.with(list);
    }
    assertThat(ring.slots()).isLessThanOrEqualTo(20);
    assertEqualRings(ring, Continuum.of(list));
  }

  @Test
  void treatsUnixPrefixesInAnyCaseAlike() {
    // nginx compares the prefix without regard to case and hashes what follows.
    Continuum lower = Continuum.of(List.of(Bucket.of("unix:/a:1"), Bucket.of("10.0.0.1:80")));
    Continuum upper = Continuum.of(List.of(Bucket.of("UNIX:/a:1"), Bucket.of("10.0.0.1:80")));
    assertSameBuckets(lower, upper);
  }

  private static void assertSameBuckets(Continuum one, Continuum two) {
    for (int i = 0; i < 1_000; i++) {
      assertThat(one.bucketAt(one.find("k" + i))).isEqualTo(two.bucketAt(two.find("k" + i)));
    }
  }

  @Test
  void findsNothingOnAnEmptyRing() {
    for (Continuum ring :
        List.of(
            Continuum.of(List.of()),
            Continuum.of(List.of(new Bucket("a:1", 0))),
            Continuum.compact(List.of(), 1))) {
      assertThat(ring.node("key")).isEmpty();
      assertThat(ring.node(new byte[0])).isEmpty();
      assertThat(ring.find("key")).isEqualTo(-1);
      assertThat(ring.nodes("key")).isExhausted();
      assertThatExceptionOfType(NoSuchElementException.class)
          .isThrownBy(() -> ring.nodes("key").next());
      assertThat(ring.points()).isZero();
    }
  }

  @Test
  void keepsADrainedBucketInTheListAndOffTheRing() {
    Continuum ring = Continuum.of(List.of(new Bucket("a:1", 0), new Bucket("b:1", 1)));
    assertThat(ring.buckets()).hasSize(2);
    for (int i = 0; i < 1_000; i++) {
      assertThat(ring.node("k" + i)).map(Bucket::address).hasValue("b:1");
    }
  }

  @Test
  void walksRoundTheCircle() {
    Continuum ring = Continuum.of(servers(3));
    Iterator<Bucket> walk = ring.nodes("key");
    List<Bucket> round = new ArrayList<>();
    for (int i = 0; i < ring.points(); i++) {
      round.add(walk.next());
    }
    assertThat(new HashSet<>(round)).hasSize(3);
    assertThat(round.getFirst()).isEqualTo(ring.node("key").orElseThrow());
    for (int i = 0; i < ring.points(); i++) {
      assertThat(walk.next()).isEqualTo(round.get(i));
    }
    assertThat(walk).hasNext();
  }

  @Test
  void movesOnlyTheKeysOfABucketThatLeaves() {
    List<Bucket> before = servers(20);
    List<Bucket> after = new ArrayList<>(before);
    Bucket gone = after.remove(7);
    Continuum one = Continuum.of(before);
    Continuum two = one.with(after);
    int moved = 0;
    for (int i = 0; i < 20_000; i++) {
      Bucket old = one.node("k" + i).orElseThrow();
      Bucket now = two.node("k" + i).orElseThrow();
      if (old.equals(gone)) {
        moved++;
      } else {
        assertThat(now).isEqualTo(old);
      }
    }
    assertThat(moved).isBetween(700, 1_300);
  }

  @Test
  void movesKeysOnlyToABucketThatJoins() {
    List<Bucket> before = servers(20);
    List<Bucket> after = new ArrayList<>(before);
    after.add(3, Bucket.of("10.9.9.9:80"));
    Continuum one = Continuum.of(before);
    Continuum two = one.with(after);
    int moved = 0;
    for (int i = 0; i < 20_000; i++) {
      Bucket old = one.node("k" + i).orElseThrow();
      Bucket now = two.node("k" + i).orElseThrow();
      if (!now.equals(old)) {
        assertThat(now.address()).isEqualTo("10.9.9.9:80");
        moved++;
      }
    }
    assertThat(moved).isBetween(650, 1_250);
  }

  @Test
  void sharesKeysInProportionToWeights() {
    List<Bucket> buckets =
        List.of(new Bucket("a:1", 10), new Bucket("b:1", 20), new Bucket("c:1", 30));
    int[] hits = new int[3];
    Continuum ring = Continuum.of(buckets);
    for (int i = 0; i < 60_000; i++) {
      hits[ring.bucketAt(ring.find("key-" + i))]++;
    }
    // Shares scatter by about 1/√(points of the bucket): 2.5 % for the least; allow three of them.
    assertThat(hits[0]).isBetween(9_250, 10_750);
    assertThat(hits[1]).isBetween(18_900, 21_100);
    assertThat(hits[2]).isBetween(28_700, 31_300);
  }

  @Test
  void sharesKeysAsEvenlyAsItsArcs() {
    // Chi-square over the true shares: the length of the arcs that a bucket owns.
    Continuum ring = Continuum.of(servers(10));
    double[] share = new double[10];
    Random random = new Random(3);
    int samples = 200_000;
    for (int i = 0; i < samples; i++) {
      byte[] key = new byte[8];
      random.nextBytes(key);
      share[ring.bucketAt(ring.find(key))]++;
    }
    int keys = 20_000;
    double[] hits = new double[10];
    for (int i = 0; i < keys; i++) {
      hits[ring.bucketAt(ring.find("/articles/" + i))]++;
    }
    double chiSquare = 0;
    for (int bucket = 0; bucket < 10; bucket++) {
      double expected = share[bucket] / samples * keys;
      chiSquare += Math.pow(hits[bucket] - expected, 2) / expected;
      assertThat(share[bucket] / samples).isBetween(0.07, 0.13);
    }
    // Nine degrees of freedom, p = 0.1 %, and a tenth for the error of the samples.
    assertThat(chiSquare).isLessThan(27.9 * 1.1);
  }

  @Test
  void forgetsTheOrderOfTheListInVersion2() {
    List<Bucket> buckets = new ArrayList<>(servers(500));
    Continuum one = Continuum.compact(buckets, 160);
    Collections.shuffle(buckets, new Random(4));
    Continuum two = Continuum.compact(buckets, 160);
    for (int i = 0; i < 20_000; i++) {
      assertThat(one.node("k" + i)).isEqualTo(two.node("k" + i));
    }
    // 80,000 points: some hashes are equal, else this would not test anything.
    assertThat(one.points()).isLessThan(80_000).isEqualTo(two.points());
  }

  @Test
  void keepsTheFirstOfEqualBuckets() {
    Bucket bucket = Bucket.of("a:1");
    Continuum ring = Continuum.of(List.of(bucket, bucket, Bucket.of("b:1")));
    assertThat(ring.points()).isEqualTo(320);
    Set<Integer> used = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      used.add(ring.bucketAt(ring.find("k" + i)));
    }
    assertThat(used).containsExactlyInAnyOrder(0, 2);
  }

  @Test
  void leavesTheOldRingAsItWas() {
    Continuum one = Continuum.of(servers(5));
    Bucket before = one.node("key").orElseThrow();
    assertThat(one.with(List.of()).node("key")).isEmpty();
    assertThat(one.node("key")).hasValue(before);
  }

  @Test
  void hashesTextAsItsBytes() {
    Continuum ring = Continuum.of(servers(50));
    for (String key : List.of("", "grüße", "/a b", "日本")) {
      assertThat(ring.find(key)).isEqualTo(ring.find(key.getBytes(StandardCharsets.UTF_8)));
    }
  }

  @Test
  void allocatesNothingToFindAndWalk() throws Exception {
    Continuum ring = Continuum.of(servers(100));
    byte[] bytes = "/index.html".getBytes(StandardCharsets.US_ASCII);
    int[] sum = new int[1];
    long allocated =
        Allocation.of(
            100_000,
            () -> {
              int position = ring.next(ring.find("/index.html"));
              sum[0] += ring.bucketAt(position) + ring.find(bytes);
            });
    assertThat(allocated).isLessThan(10_000);
    assertThat(sum[0]).isNotZero();
  }

  @Test
  void refusesTooMuchWeightWithoutBuildingIt() {
    List<Bucket> huge = Collections.nCopies(1_000, new Bucket("a:1", Integer.MAX_VALUE));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Continuum.of(huge))
        .withMessage("total weight: 2147483647000 (expected: 0..26214)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Continuum.compact(huge, Continuum.MAX_POINTS))
        .withMessageContaining("(expected: 0..1)");
    assertThat(Continuum.compact(List.of(new Bucket("a:1", 26_214)), 160).points())
        .isGreaterThan(4_190_000);
  }

  @Test
  void refusesTooManyBuckets() {
    List<Bucket> many = Collections.nCopies(Continuum.MAX_BUCKETS + 1, new Bucket("a:1", 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Continuum.of(many))
        .withMessage("buckets: 65537 (expected: 0..65536)");
    assertThat(Continuum.of(many.subList(1, many.size())).node("k")).isEmpty();
  }

  @Test
  void refusesBadBucketsAndMultiples() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Bucket("a:1", -1))
        .withMessage("weight: -1 (expected: 0 or more)");
    assertThatIllegalArgumentException().isThrownBy(() -> Bucket.of(""));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Continuum.compact(List.of(), 0))
        .withMessage("pointMultiple: 0 (expected: 1..4194304)");
    assertThatNullPointerException().isThrownBy(() -> Continuum.of(List.of()).find(nothing()));
  }

  @Test
  void acceptsOddAddresses() {
    for (String address : List.of(":", ":80", "a:", "80", "::1", "unix:", "a:b", "[::1]", "ü:1")) {
      List<Bucket> one = List.of(Bucket.of(address));
      SimpleRing model = new SimpleRing(one, 160, false);
      assertThat(Continuum.of(one).points()).as(address).isEqualTo(model.points().size());
      List<Bucket> two = List.of(Bucket.of(address), Bucket.of("b:1"));
      assertSame(Continuum.of(two), new SimpleRing(two, 160, false), new Random(5));
    }
  }

  @SuppressWarnings("NullAway")
  private static String nothing() {
    return null;
  }

  /// As in nginx, where each of them has its points and the first gets the keys.
  @Test
  void takesTheSameServerSixteenThousandTimes() {
    Bucket same = Bucket.of("10.0.0.1:80");
    List<Bucket> many = Collections.nCopies(16_000, same);
    for (Continuum none : List.of(Continuum.of(List.of()), Continuum.compact(List.of(), 160))) {
      Continuum ring = none.with(many);
      assertThat(ring.points()).isLessThanOrEqualTo(160);
      assertThat(ring.node("key")).contains(same);
      assertThat(ring.bucketAt(ring.find("key"))).isZero();
      Continuum fewer = ring.with(List.of(Bucket.of("10.0.0.2:80"), same, same));
      assertThat(fewer.points()).isLessThanOrEqualTo(320);
    }
  }
}

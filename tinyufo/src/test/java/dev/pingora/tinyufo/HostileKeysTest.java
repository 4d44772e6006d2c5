// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tinyufo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/// Keys that a stranger makes so that the cache is of no use to others.
class HostileKeysTest {
  private static final int BLOCKS = 17;

  /// {@return one of 2¹⁷ texts of equal `hashCode`}
  private static String colliding(int number) {
    StringBuilder text = new StringBuilder("/p?");
    for (int block = 0; block < BLOCKS; block++) {
      text.append((number >> block & 1) == 0 ? "Aa" : "BB");
    }
    return text.toString();
  }

  /// {@return the share of hits, in percent, of those who ask for what others ask for, while twice
  /// as many requests are for texts that nobody asks for again}
  private static double honestPercent(long seed, IntFunction<String> strangers) {
    TinyUfo<String, Integer> cache = TinyUfo.of(1_000, 1_000, new KeyHash(new Random(seed)));
    Random random = new Random(5);
    int hits = 0;
    int strange = 0;
    for (int round = 0; round < 60_000; round++) {
      String key = "/item" + (int) (Math.pow(random.nextDouble(), 3) * 1_500);
      boolean isHit = ask(cache, key);
      if (round >= 10_000) {
        hits += isHit ? 1 : 0;
        ask(cache, strangers.apply(strange++));
        ask(cache, strangers.apply(strange++));
      }
    }
    return hits / 500.0;
  }

  private static boolean ask(TinyUfo<String, Integer> cache, String key) {
    boolean isHit = cache.get(key) != null;
    if (!isHit) {
      cache.put(key, 1, 1);
    }
    return isHit;
  }

  @Test
  void keysOfEqualHashCodeDriveOutNoMoreThanOthers() {
    assertThat(colliding(1)).hasSameHashCodeAs(colliding(1 << BLOCKS - 1)).hasSize(37);
    for (long seed = 1; seed <= 3; seed++) {
      double unique = honestPercent(seed, number -> "/scan" + number);
      double hostile = honestPercent(seed, HostileKeysTest::colliding);
      assertThat(unique).isGreaterThan(75);
      assertThat(hostile).as("beside %s %%", unique).isGreaterThan(unique - 3);
    }
  }

  @Test
  void tellsTextsApartByAllOfThem() {
    KeyHash hash = new KeyHash(new Random(1));
    Set<Integer> seen = new HashSet<>();
    for (int number = 0; number < 10_000; number++) {
      seen.add(hash.of(colliding(number)));
    }
    // 10,000² / 2 / 2³²: one in a hundred times a pair.
    assertThat(seen).hasSizeGreaterThan(9_997);
    assertThat(hash.of("abcde")).isNotEqualTo(hash.of("abcf\0\0e"));
    assertThat(hash.of("")).isNotEqualTo(hash.of("\0"));
  }

  @Test
  void collidesForComplementsNoMoreThanByChance() {
    Random random = new Random(2);
    int collisions = 0;
    for (int instance = 0; instance < 1_000; instance++) {
      KeyHash fresh = new KeyHash(random);
      for (int bits = 1; bits <= 8; bits++) {
        char[] twin = "acme-corp-main".toCharArray();
        for (int i = 0; i < 4; i++) {
          twin[i] = (char) ~twin[i];
        }
        twin[3] ^= (char) ((1 << bits) - 1);
        twin[7] ^= (char) ((1 << bits) - 1);
        collisions += fresh.of(new String(twin)) == fresh.of("acme-corp-main") ? 1 : 0;
      }
    }
    assertThat(collisions).isZero();
  }

  @Test
  void hashesEqualKeysAlikeAndDiffersBetweenCaches() {
    KeyHash one = new KeyHash(new Random(1));
    KeyHash other = new KeyHash(new Random(2));
    assertThat(one.of(new String("a key".toCharArray()))).isEqualTo(one.of("a key"));
    assertThat(one.of("a key")).isNotEqualTo(other.of("a key"));
    assertThat(one.of(7)).isEqualTo(one.of(7)).isNotEqualTo(other.of(7));
  }
}

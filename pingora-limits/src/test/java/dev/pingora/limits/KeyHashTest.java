// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeyHashTest {
  private final KeyHash hash = new KeyHash(new Random(1));

  @Test
  void tellsStringsWithEqualHashCodesApart() {
    assertThat("AaAa").hasSameHashCodeAs("BBBB");
    assertThat(hash.of("AaAa")).isNotEqualTo(hash.of("BBBB"));
  }

  @Test
  void tellsStringsOfEveryShortLengthApart() {
    Set<Long> seen = new HashSet<>();
    for (int length = 0; length < 64; length++) {
      assertThat(seen.add(hash.of("\0".repeat(length)))).as("zeros × %s", length).isTrue();
      assertThat(seen.add(hash.of(new byte[length]))).as("bytes × %s", length).isTrue();
    }
  }

  @Test
  void dependsOnEveryCharacter() {
    String text = "0123456789abcdef";
    for (int i = 0; i < text.length(); i++) {
      String other = text.substring(0, i) + 'x' + text.substring(i + 1);
      assertThat(hash.of(other)).as(other).isNotEqualTo(hash.of(text));
    }
  }

  @Test
  void dependsOnEveryByte() {
    byte[] bytes = "0123456789abcdef!".getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < bytes.length; i++) {
      byte[] other = bytes.clone();
      other[i] ^= 1;
      assertThat(hash.of(other)).as("byte %s", i).isNotEqualTo(hash.of(bytes));
    }
  }

  @Test
  void hashesEqualKeysAlike() {
    assertThat(hash.of(new String("a key".toCharArray()))).isEqualTo(hash.of("a key"));
    assertThat(hash.of(new byte[] {1, 2})).isEqualTo(hash.of(new byte[] {1, 2}));
    assertThat(hash.of(InetAddress.ofLiteral("::1")))
        .isEqualTo(hash.of(InetAddress.ofLiteral("::1")));
    assertThat(hash.of((Object) 7L)).isEqualTo(hash.of(7L));
    assertThat(hash.of((Object) 7)).isEqualTo(hash.of(7L));
  }

  @Test
  void tellsIpv6AddressesWithEqualHashCodesApart() {
    // Inet6Address.hashCode adds up 32-bit words, so swapping two of them goes unnoticed.
    InetAddress one = InetAddress.ofLiteral("2001:db8:0:0:0:1:0:2");
    InetAddress two = InetAddress.ofLiteral("2001:db8:0:0:0:2:0:1");
    InetAddress swapped = InetAddress.ofLiteral("0:1:0:0:0:2:2001:db8");
    assertThat(hash.of(one)).isNotEqualTo(hash.of(two)).isNotEqualTo(hash.of(swapped));
  }

  @Test
  void differsBetweenInstances() {
    assertThat(new KeyHash(new Random(2)).of("a")).isNotEqualTo(hash.of("a"));
    assertThat(new KeyHash(new Random(2)).of(1)).isNotEqualTo(hash.of(1));
  }

  @Test
  void collidesForNoneOfAMillionNumbers() {
    Set<Long> seen = new HashSet<>();
    for (long key = 0; key < 1_000_000; key++) {
      seen.add(hash.of(key));
    }
    assertThat(seen).hasSize(1_000_000);
  }

  /// With signed products `-x` times `m` folds to what `x` times `m` does but for the last bit, and
  /// `-x` is `~x ^ 1` if `x` is odd: so secrets cancelled in half of all instances.
  @Test
  void collidesForComplementsOfABlockNoMoreThanByChance() {
    Random random = new Random(3);
    int collisions = 0;
    for (int instance = 0; instance < 1_000; instance++) {
      KeyHash fresh = new KeyHash(random);
      byte[] bytes = new byte[32];
      random.nextBytes(bytes);
      for (int bits = 1; bits <= 8; bits++) {
        byte ones = (byte) ((1 << bits) - 1);
        for (int block = 0; block < 24; block += 8) {
          collisions += fresh.of(twin(bytes, block, ones)) == fresh.of(bytes) ? 1 : 0;
          String text = new String(bytes, StandardCharsets.UTF_16BE);
          String other = new String(twin(bytes, block, ones), StandardCharsets.UTF_16BE);
          collisions += !text.equals(other) && fresh.of(text) == fresh.of(other) ? 1 : 0;
        }
        byte[] bothHalves = twin(twin(bytes, 0, ones), 8, ones);
        collisions += fresh.of(bothHalves) == fresh.of(bytes) ? 1 : 0;
      }
    }
    assertThat(collisions).isZero();
  }

  /// {@return the bytes with a block complemented and the last bits of it and of the next flipped}
  private static byte[] twin(byte[] bytes, int block, byte ones) {
    byte[] twin = bytes.clone();
    for (int i = block; i < block + 8; i++) {
      twin[i] = (byte) ~twin[i];
    }
    twin[block + 7] ^= ones;
    twin[block + 15] ^= ones;
    return twin;
  }

  @Test
  void doesNotCountTheVictimForTwinKeys() {
    Random random = new Random(4);
    int refused = 0;
    for (int instance = 0; instance < 1_000; instance++) {
      Estimator estimator = Estimator.of(4, 8192, random);
      for (int bits = 1; bits <= 8; bits++) {
        char[] twin = "acme-corp-main".toCharArray();
        for (int i = 0; i < 4; i++) {
          twin[i] = (char) ~twin[i];
        }
        twin[3] ^= (char) ((1 << bits) - 1);
        twin[7] ^= (char) ((1 << bits) - 1);
        estimator.incr(new String(twin), 10);
      }
      refused += estimator.get("acme-corp-main") > 0 ? 1 : 0;
    }
    assertThat(refused).isZero();
  }

  /// A length that is mixed with the first block is made good for by that block.
  @Test
  void tellsTextsOfOtherLengthsApartWhateverTheirText() {
    assertThat(hash.of("abcde")).isNotEqualTo(hash.of("abcf\0\0e"));
    Random random = new Random(5);
    for (int length = 1; length < 33; length++) {
      for (int longer = length + 1; longer < 34; longer++) {
        char[] text = new char[longer];
        String shorter = "\0".repeat(length);
        for (int at = 0; at < Math.min(longer, 9); at++) {
          text[at] = (char) (length ^ longer);
          assertThat(hash.of(new String(text))).isNotEqualTo(hash.of(shorter));
          text[at] = 0;
        }
        text[random.nextInt(longer)] = 'x';
        assertThat(hash.of(new String(text))).isNotEqualTo(hash.of(shorter));
      }
    }
  }

  /// Of each bit of a key, every bit of the hash depends: flips with odds of a half over instances.
  @Test
  void changesHalfOfTheHashWithEachBitOfTheKey() {
    Random random = new Random(6);
    int instances = 400;
    for (int bit = 0; bit < 24 * 8; bit++) {
      int[] flips = new int[Long.SIZE];
      for (int instance = 0; instance < instances; instance++) {
        KeyHash fresh = new KeyHash(random);
        byte[] bytes = new byte[24];
        random.nextBytes(bytes);
        long before = fresh.of(bytes);
        bytes[bit >> 3] ^= (byte) (1 << (bit & 7));
        long changed = before ^ fresh.of(bytes);
        for (int i = 0; i < Long.SIZE; i++) {
          flips[i] += (int) (changed >>> i) & 1;
        }
      }
      // Six standard deviations of ten.
      for (int count : flips) {
        assertThat(count).as("bit %s", bit).isBetween(140, 260);
      }
    }
  }
}

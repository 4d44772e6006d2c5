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
}

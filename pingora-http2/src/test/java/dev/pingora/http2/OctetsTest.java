// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Classes of octets, against their definitions written out, at every position of a word.
final class OctetsTest {
  private static boolean isAlnum(int c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  @Test
  void everyOctetIsInItsClassesOnly() {
    for (int length = 1; length <= 20; length++) {
      for (int at = 0; at < length; at++) {
        for (int c = 0; c < 256; c++) {
          byte[] bytes = new byte[length + 2];
          Arrays.fill(bytes, 1, length + 1, (byte) 'a');
          bytes[1 + at] = (byte) c;
          boolean space = c == ' ' || c == '\t';
          boolean edge = at == 0 || at == length - 1;
          boolean value = c == '\t' || (c >= ' ' && c != 0x7f);
          check(Octets.isValue(bytes, 1, length), value && !(space && edge), c);
          boolean token = isAlnum(c) || (c < 0x7f && "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
          check(Octets.isToken(bytes, 1, length), token, c);
          check(Octets.isName(bytes, 1, length), token && (c < 'A' || c > 'Z'), c);
          check(Octets.isTarget(bytes, 1, length), c > ' ' && c != 0x7f && c != '#', c);
          boolean authority = isAlnum(c) || (c < 0x7f && "-._~!$&'()*+,;=:[]%".indexOf(c) >= 0);
          check(Octets.isAuthority(bytes, 1, length), authority, c);
        }
      }
    }
  }

  private static void check(boolean actual, boolean expected, int c) {
    if (actual != expected) {
      throw new AssertionError("octet " + c + ": " + actual);
    }
  }

  @Test
  void hashesDependOnEveryOctetAndNotOnThePlace() {
    Random random = new Random(1);
    for (int length = 0; length < 40; length++) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      byte[] elsewhere = new byte[length + 3];
      System.arraycopy(bytes, 0, elsewhere, 3, length);
      int hash = Octets.hash(bytes, 0, length);
      assertThat(Octets.hash(elsewhere, 3, length)).isEqualTo(hash);
      for (int i = 0; i < length; i++) {
        bytes[i] ^= 1;
        assertThat(Octets.hash(bytes, 0, length))
            .as("octet %d of %d", i, length)
            .isNotEqualTo(hash);
        bytes[i] ^= 1;
      }
    }
  }

  @Test
  void readsNumbers() {
    byte[] digits = "0123456789012345678".getBytes(StandardCharsets.US_ASCII);
    assertThat(Octets.number(digits, 0, 4)).isEqualTo(123);
    assertThat(Octets.number(digits, 0, 18)).isEqualTo(12_345_678_901_234_567L);
    assertThat(Octets.number(digits, 0, 19)).as("too many digits").isEqualTo(-1);
    assertThat(Octets.number(digits, 0, 0)).isEqualTo(-1);
  }
}

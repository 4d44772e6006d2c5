// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.ketama;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class Crc32Test {

  @Test
  void computesTheCheckValue() {
    // The catalogue's check value of CRC-32/ISO-HDLC.
    assertThat(Crc32.of("123456789")).isEqualTo(0xCBF43926);
    assertThat(Crc32.of("")).isZero();
  }

  @Test
  void agreesWithTheJdkOnBytes() {
    Random random = new Random(1);
    for (int length = 0; length < 300; length++) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      assertThat(Crc32.of(bytes)).isEqualTo(jdk(bytes));
    }
  }

  @Test
  void agreesWithTheJdkOnText() {
    for (String text :
        new String[] {
          "a", "abc", "abcd", "abcdefg", "é", "abcé", "abcdé", "grüße", "日本語", "a😀b"
        }) {
      assertThat(Crc32.of(text)).isEqualTo(jdk(text.getBytes(StandardCharsets.UTF_8)));
    }
  }

  static int jdk(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}

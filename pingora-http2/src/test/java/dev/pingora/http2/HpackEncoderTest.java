// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What the encoder puts into tables, and how it follows the peer's settings.
final class HpackEncoderTest {
  private final HpackEncoder encoder = new HpackEncoder();
  private final HpackDecoder decoder = new HpackDecoder();
  private final LineLog log = new LineLog();

  @Test
  void indexesALineSeenForTheSecondTime() throws ConnectionException {
    int first = encode("server: pingora").length;
    int second = encode("server: pingora").length;
    byte[] third = encode("server: pingora");

    assertThat(first).isGreaterThan(2);
    assertThat(second).isGreaterThan(2);
    assertThat(third).containsExactly(0x80 | 62);
  }

  @Test
  void usesTheStaticTable() throws ConnectionException {
    assertThat(encode("accept-encoding: gzip, deflate")).containsExactly(0x80 | 16);
    assertThat(encode(":status: 404")).containsExactly(0x80 | 13);
    // Name only; "1" is shorter plain.
    assertThat(encode("age: 1")).containsExactly(0x0f, 21 - 15, 1, '1');
  }

  @Test
  void doesNotIndexWhatComesOnce() throws ConnectionException {
    for (int i = 0; i < 1_000; i++) {
      encode("x-request-id: " + i);
    }
    encode("server: pingora");
    encode("server: pingora");
    assertThat(encode("server: pingora")).as("alone in the table").containsExactly(0x80 | 62);
  }

  @Test
  void neverIndexesSecrets() throws ConnectionException {
    for (String name : List.of("authorization", "proxy-authorization", "cookie", "set-cookie")) {
      for (int i = 0; i < 3; i++) {
        byte[] block = encode(name + ": secret", name + ": secret *");
        assertThat(block[0] & 0xf0).as(name).isEqualTo(0x10);
      }
    }
  }

  @Test
  void keepsANeverIndexedLineSo() throws ConnectionException {
    for (int i = 0; i < 3; i++) {
      encoder.begin();
      put("x-a: b", true);
      assertThat(decodeBlock()).containsExactly("x-a: b *");
    }
  }

  @Test
  void writesNamesInLowerCase() throws ConnectionException {
    encode("X-CamelCase: Value", "x-camelcase: Value");
  }

  @Test
  void announcesASmallerTable() throws ConnectionException {
    encode("server: pingora");
    encode("server: pingora");
    encoder.maxTableSize(0);
    byte[] block = encode("server: pingora");
    assertThat(block[0]).as("size 0").isEqualTo((byte) 0x20);
    assertThat(encode("server: pingora")[0]).as("said once").isNotEqualTo((byte) 0x20);
  }

  @Test
  void announcesTheSmallestSizeAndTheLast() throws ConnectionException {
    encode("server: pingora");
    encode("server: pingora");
    encoder.maxTableSize(0);
    encoder.maxTableSize(4_096);
    byte[] block = encode("server: pingora");

    // RFC 7541 §4.2.
    assertThat(Arrays.copyOf(block, 4)).containsExactly(0x20, 0x3f, 0xe1, 0x1f);
  }

  @Test
  void usesNoMoreThanItsOwnBound() throws ConnectionException {
    encoder.maxTableSize(1 << 30);
    assertThat(encode(":status: 200")).as("no update").containsExactly(0x80 | 8);
  }

  @Test
  void writesLongValuesAndLongNames() throws ConnectionException {
    encode("x-long: " + "é\u00ff\u0001~".repeat(5_000));
    encode("x-" + "long".repeat(500) + ": v");
    encode("x-empty: ");
  }

  @Test
  void findsLinesThatShareANameOrAHash() throws ConnectionException {
    for (int round = 0; round < 4; round++) {
      for (int i = 0; i < 40; i++) {
        encode("vary: value-" + i);
        encode("x-" + i % 7 + ": value-" + i);
      }
    }
  }

  private byte[] encode(String line) throws ConnectionException {
    return encode(line, line);
  }

  private byte[] encode(String line, String expected) throws ConnectionException {
    encoder.begin();
    put(line, false);
    byte[] block = Arrays.copyOf(encoder.block().bytes, encoder.block().length);
    assertThat(decodeBlock()).containsExactly(expected);
    return block;
  }

  private void put(String line, boolean neverIndexed) {
    int colon = line.indexOf(": ", 1);
    byte[] name = line.substring(0, colon).getBytes(StandardCharsets.ISO_8859_1);
    byte[] value = line.substring(colon + 2).getBytes(StandardCharsets.ISO_8859_1);
    encoder.name(name, 0, name.length);
    encoder.value(value, 0, value.length, neverIndexed);
  }

  private List<String> decodeBlock() throws ConnectionException {
    decoder.decode(encoder.block().bytes, 0, encoder.block().length, log);
    return log.take();
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 7541 §5.2 and Appendix B.
final class HuffmanTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // RFC 7541 C.4 and C.6.
        "www.example.com                                         | f1e3c2e5f23a6ba0ab90f4ff",
        "no-cache                                                | a8eb10649cbf",
        "custom-key                                              | 25a849e95ba97d7f",
        "custom-value                                            | 25a849e95bb8e8b4bf",
        "302                                                     | 6402",
        "private                                                 | aec3771a4b",
        "Mon, 21 Oct 2013 20:13:21 GMT | d07abe941054d444a8200595040b8166e082a62d1bff",
        "https://www.example.com                                 |"
            + " 9d29ad171863c78f0b97c8e9ae82ae43d3",
        "307                                                     | 640eff",
        "gzip                                                    | 9bd9ab",
      })
  void codesTheExamplesOfTheRfc(String text, String hex) throws ConnectionException {
    byte[] plain = text.getBytes(StandardCharsets.US_ASCII);

    assertThat(HexFormat.of().formatHex(encode(plain))).isEqualTo(hex);
    assertThat(decode(HexFormat.of().parseHex(hex))).isEqualTo(plain);
  }

  @Test
  void returnsEveryOctetUnchanged() throws ConnectionException {
    for (int octet = 0; octet < 256; octet++) {
      byte[] plain = {(byte) octet, 'a', (byte) octet};
      assertThat(decode(encode(plain))).as("octet %d", octet).isEqualTo(plain);
    }
  }

  @Test
  void returnsRandomTextUnchanged() throws ConnectionException {
    Random random = new Random(7541);
    for (int round = 0; round < 2_000; round++) {
      byte[] plain = new byte[random.nextInt(200)];
      random.nextBytes(plain);
      byte[] encoded = encode(plain);
      assertThat(encoded).hasSize(Huffman.encodedLength(plain, 0, plain.length));
      assertThat(decode(encoded)).isEqualTo(plain);
    }
  }

  /// RFC 7541 §5.2: each of these MUST be treated as a decoding error.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ff", // eight bits of padding
        "1fff", // 'a' and eleven bits of padding
        "18", // 'a' padded with zeros
        "1e", // 'a' padded with ones and a zero
        "fffffffc", // EOS, padded
        "ffffffff", // EOS and two ones
        "1fffffffff", // 'a', then EOS
        "fffffffffffffffffffff8", // EOS amid ones
      })
  void refusesWhatIsNoCode(String hex) {
    assertThatExceptionOfType(ConnectionException.class)
        .isThrownBy(() -> decode(HexFormat.of().parseHex(hex)))
        .satisfies(e -> assertThat(e.error().code()).isEqualTo(ErrorCode.COMPRESSION_ERROR));
  }

  @Test
  void appendsBehindWhatIsThere() throws ConnectionException {
    Scratch out = new Scratch();
    out.put('x');
    byte[] encoded = encode(new byte[] {'a', 'b'});
    Huffman.decode(encoded, 0, encoded.length, out);

    assertThat(out.length).isEqualTo(3);
    assertThat(out.bytes).startsWith('x', 'a', 'b');
  }

  private static byte[] encode(byte[] plain) {
    Scratch out = new Scratch();
    Huffman.encode(plain, 0, plain.length, out);
    return Arrays.copyOf(out.bytes, out.length);
  }

  private static byte[] decode(byte[] encoded) throws ConnectionException {
    Scratch out = new Scratch();
    Huffman.decode(encoded, 0, encoded.length, out);
    return Arrays.copyOf(out.bytes, out.length);
  }
}

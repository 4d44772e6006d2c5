// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 7541, with the examples of its Appendix C.
final class HpackDecoderTest {
  private final HpackDecoder decoder = new HpackDecoder();
  private final LineLog log = new LineLog();

  private List<String> decode(String hex) throws ConnectionException {
    byte[] block = new Raw().hex(hex).bytes();
    decoder.decode(block, 0, block.length, log);
    return log.take();
  }

  @Test
  void decodesRepresentations() throws ConnectionException {
    // C.2.1 to C.2.4
    assertThat(decode("400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572"))
        .containsExactly("custom-key: custom-header");
    assertThat(decode("040c 2f73 616d 706c 652f 7061 7468")).containsExactly(":path: /sample/path");
    assertThat(decode("1008 7061 7373 776f 7264 0673 6563 7265 74"))
        .containsExactly("password: secret *");
    assertThat(decode("82")).containsExactly(":method: GET");
    // Only the first of them entered the table.
    assertThat(decode("be")).containsExactly("custom-key: custom-header");
    assertThatExceptionOfType(ConnectionException.class).isThrownBy(() -> decode("bf"));
  }

  @Test
  void decodesRequestsWithoutHuffman() throws ConnectionException {
    // C.3
    assertThat(decode("8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d"))
        .containsExactly(
            ":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com");
    assertThat(decode("8286 84be 5808 6e6f 2d63 6163 6865"))
        .containsExactly(
            ":method: GET",
            ":scheme: http",
            ":path: /",
            ":authority: www.example.com",
            "cache-control: no-cache");
    assertThat(decode("8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65"))
        .containsExactly(
            ":method: GET",
            ":scheme: https",
            ":path: /index.html",
            ":authority: www.example.com",
            "custom-key: custom-value");
  }

  @Test
  void decodesRequestsWithHuffman() throws ConnectionException {
    // C.4
    assertThat(decode("8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff"))
        .contains(":authority: www.example.com");
    assertThat(decode("8286 84be 5886 a8eb 1064 9cbf")).contains("cache-control: no-cache");
    assertThat(decode("8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf"))
        .contains(":authority: www.example.com", "custom-key: custom-value");
  }

  @Test
  void evictsAsTheTableFills() throws ConnectionException {
    // C.6, with a table of 256 octets; the update is ours.
    assertThat(
            decode(
                "3fe1 01 4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81"
                    + " 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3"))
        .containsExactly(
            ":status: 302",
            "cache-control: private",
            "date: Mon, 21 Oct 2013 20:13:21 GMT",
            "location: https://www.example.com");
    assertThat(decode("4883 640e ffc1 c0bf"))
        .containsExactly(
            ":status: 307",
            "cache-control: private",
            "date: Mon, 21 Oct 2013 20:13:21 GMT",
            "location: https://www.example.com");
    assertThat(
            decode(
                "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b"
                    + " d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1"
                    + " ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07"))
        .containsExactly(
            ":status: 200",
            "cache-control: private",
            "date: Mon, 21 Oct 2013 20:13:22 GMT",
            "location: https://www.example.com",
            "content-encoding: gzip",
            "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1");
  }

  /// Each a decoding error, which is COMPRESSION_ERROR (RFC 9113 §4.3).
  @ParameterizedTest
  @ValueSource(
      strings = {
        "80", // §6.1: index 0
        "be", // §2.3.3: beyond both tables
        "ff00", // index 127
        "7f00 0161", // literal with a name beyond both tables
        "40", // name missing
        "4001", // name cut off
        "400161", // value missing
        "40016103 6162", // value shorter than said
        "4001617f80808000", // length beyond the block
        "ff8080808000", // §5.1: an integer too long
        "ffffffffff7f", // §5.1: an integer too large
        "400161 7fffffffff07", // a length that overflows
        "7fffffffff07 0161", // an index that overflows
        "ff", // integer cut off
        "4081ff0161", // §5.2: padding of eight bits
        "408118 0161", // §5.2: padding with zeros
        "4084ffffffff 0161", // §5.2: EOS
        "3fe21f", // §4.2: size 4097
        "8220", // §4.2: an update behind a field line
        "202020 82", // §4.2: three updates
      })
  void refusesWhatCannotBeDecoded(String hex) {
    assertThatExceptionOfType(ConnectionException.class)
        .isThrownBy(() -> decode(hex))
        .satisfies(e -> assertThat(e.error().code()).isEqualTo(ErrorCode.COMPRESSION_ERROR));
  }

  @Test
  void everyPrefixOfABlockEndsCleanly() {
    byte[] block =
        new Raw()
            .hex("400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572 8286")
            .bytes();
    for (int length = 0; length < block.length; length++) {
      try {
        new HpackDecoder().decode(block, 0, length, new LineLog());
        assertThat(length).as("whole representations").isIn(0, 26, 27);
      } catch (ConnectionException e) {
        assertThat(e.error().code()).isEqualTo(ErrorCode.COMPRESSION_ERROR);
      }
    }
  }

  @Test
  void shrinksTheTableWhenTold() throws ConnectionException {
    decode("4001 6101 62 4001 6301 64"); // a: b, c: d
    assertThat(decode("be bf")).containsExactly("c: d", "a: b");
    decode("3f 03"); // 34 octets: one entry
    assertThat(decode("be")).containsExactly("c: d");
    assertThatExceptionOfType(ConnectionException.class).isThrownBy(() -> decode("bf"));
  }

  @Test
  void acceptsTwoSizeUpdates() throws ConnectionException {
    decode("4001 6101 62");
    // §4.2: down to 0, then up to 4096 again.
    assertThat(decode("20 3fe11f 82")).containsExactly(":method: GET");
    assertThatExceptionOfType(ConnectionException.class).isThrownBy(() -> decode("be"));
  }

  @Test
  void demandsAnUpdateAfterAReduction() throws ConnectionException {
    decoder.allowedSize(100);
    assertThatExceptionOfType(ConnectionException.class).isThrownBy(() -> decode("82"));

    HpackDecoder other = new HpackDecoder();
    other.allowedSize(100);
    byte[] block = new Raw().hex("3f45 82").bytes(); // 100
    other.decode(block, 0, block.length, log);
    assertThat(log.take()).containsExactly(":method: GET");
  }

  @Test
  void allowsALargerTableWhenWeOfferOne() throws ConnectionException {
    decoder.allowedSize(10_000);
    assertThat(decode("3ff14d 82")).containsExactly(":method: GET"); // 10000
  }

  @Test
  void keepsTheTableInStepWhenNothingIsAdmitted() throws ConnectionException {
    log.admitting = false;
    assertThat(decode("4001 6101 62 be 82")).isEmpty();
    assertThat(log.bytes().length).isZero();
    log.admitting = true;
    assertThat(decode("be")).containsExactly("a: b");
  }
}

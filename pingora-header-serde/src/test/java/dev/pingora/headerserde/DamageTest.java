// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.headerserde;

import static dev.pingora.headerserde.HeadAssert.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdCompressCtx;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.http.ResponseHeader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a broken disk or somebody with access to it can put before the reader.
final class DamageTest {
  private final HeaderSerde serde = HeaderSerde.open(SerdeOptions.standard());

  @AfterEach
  void close() {
    serde.close();
  }

  /// Refuses in the way that callers expect; true if it was read.
  private boolean isRead(byte[] stored, String original) {
    try {
      ResponseHeader head = serde.deserialize(stored);
      assertThat(text(head)).as("never another head").isEqualTo(original);
      return true;
    } catch (ProxyException e) {
      assertThat(e.kind()).isIn(HeaderSerde.DAMAGED, HeaderSerde.UNKNOWN_DICTIONARY);
      return false;
    }
  }

  @Test
  void findsEveryChangedBit() throws ProxyException {
    int read = 0;
    int flipped = 0;
    for (ResponseHeader head : Heads.make(41, 40)) {
      byte[] stored = serde.serialize(head);
      String original = text(head);
      for (int bit = 0; bit < stored.length * 8; bit++) {
        stored[bit >> 3] ^= (byte) (1 << (bit & 7));
        read += isRead(stored, original) ? 1 : 0;
        flipped++;
        stored[bit >> 3] ^= (byte) (1 << (bit & 7));
      }
    }
    // Decoders ignore one bit of the frame header (RFC 8878 §3.1.1.1.1.3), and entropy coding has
    // few bits of padding; whatever is read is the head that was written.
    assertThat(flipped).isGreaterThan(30_000);
    assertThat(read).isLessThan(flipped / 200);
  }

  @Test
  void findsEveryCut() throws ProxyException {
    for (ResponseHeader head : Heads.make(42, 40)) {
      byte[] stored = serde.serialize(head);
      for (int length = 0; length < stored.length; length++) {
        byte[] cut = Arrays.copyOf(stored, length);
        assertThat(isRead(cut, "")).isFalse();
      }
    }
  }

  @Test
  void findsWhatWasAppended() throws ProxyException {
    for (ResponseHeader head : Heads.make(43, 40)) {
      byte[] stored = serde.serialize(head);
      for (int more = 1; more < 20; more++) {
        byte[] longer = Arrays.copyOf(stored, stored.length + more);
        assertThat(isRead(longer, "")).isFalse();
        Arrays.fill(longer, stored.length, longer.length, (byte) 0xFD);
        assertThat(isRead(longer, "")).isFalse();
      }
    }
  }

  @Test
  void survivesNoise() throws ProxyException {
    Random random = new Random(44);
    List<ResponseHeader> heads = Heads.make(44, 200);
    for (int i = 0; i < 30_000; i++) {
      byte[] stored = serde.serialize(heads.get(i % heads.size()));
      int from = i % 3 == 0 ? StoredForm.HEADER_BYTES : random.nextInt(stored.length);
      for (int changes = 1 + random.nextInt(8); changes > 0; changes--) {
        stored[from + random.nextInt(stored.length - from)] = (byte) random.nextInt();
      }
      isRead(stored, text(heads.get(i % heads.size())));
    }
  }

  @Test
  void survivesNoiseAlone() {
    Random random = new Random(45);
    for (int i = 0; i < 30_000; i++) {
      byte[] stored = new byte[random.nextInt(200)];
      random.nextBytes(stored);
      if (stored.length > StoredForm.HEADER_BYTES && i % 4 != 0) {
        StoredForm.writeHeader(stored, i % 2 == 0 ? 0 : HeaderDictionary.standard().id());
      }
      assertThat(isRead(stored, "")).isFalse();
    }
  }

  /// A frame without a dictionary, made as a stranger may make it.
  private static byte[] frame(byte[] text, boolean contentSize, boolean checksum) {
    try (ZstdCompressCtx zstd = new ZstdCompressCtx()) {
      zstd.setMagicless(true).setContentSize(contentSize).setChecksum(checksum).setLevel(19);
      byte[] frame = zstd.compress(text);
      byte[] stored = new byte[StoredForm.HEADER_BYTES + frame.length];
      StoredForm.writeHeader(stored, 0);
      System.arraycopy(frame, 0, stored, StoredForm.HEADER_BYTES, frame.length);
      return stored;
    }
  }

  private static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private void assertDamaged(byte[] stored, String message) {
    assertThatThrownBy(() -> serde.deserialize(stored))
        .isInstanceOfSatisfying(
            ProxyException.class, e -> assertThat(e.kind()).isEqualTo(HeaderSerde.DAMAGED))
        .hasMessageContaining(message);
  }

  @Test
  void refusesABombByItsSize() {
    byte[] bomb = frame(new byte[64 << 20], true, true);
    assertThat(bomb.length).isLessThan(10_000);

    assertDamaged(bomb, "a head of 67108864 octets (expected: up to 131072)");
  }

  @ParameterizedTest
  @ValueSource(longs = {131_073, Integer.MAX_VALUE, 1L << 32, Long.MAX_VALUE, -1, -2, -3})
  void refusesASizeThatLies(long size) {
    // RFC 8878 §3.1.1.1: single segment, eight octets of content size.
    byte[] stored = new byte[40];
    StoredForm.writeHeader(stored, 0);
    stored[5] = (byte) 0b1110_0000;
    for (int i = 0; i < 8; i++) {
      stored[6 + i] = (byte) (size >>> (8 * i));
    }

    assertThatThrownBy(() -> serde.deserialize(stored))
        .isInstanceOfSatisfying(
            ProxyException.class, e -> assertThat(e.kind()).isEqualTo(HeaderSerde.DAMAGED));
  }

  @Test
  void refusesMoreContentThanItsSizeSays() {
    byte[] stored = frame(new byte[1000], true, false);
    // The size's two octets say 256 less than it is.
    assertThat(stored[5] & 0xE0).isEqualTo(0x60);
    stored[6] = 0;
    stored[7] = 0;

    assertDamaged(stored, "zstd says: ");
  }

  @Test
  void refusesAFrameWithoutASize() {
    assertDamaged(frame(latin1("HTTP/1.1 200 OK\r\n\r\n"), false, true), "no size of the text");
  }

  @Test
  void refusesTwoFrames() {
    byte[] one = frame(latin1("HTTP/1.1 200 OK\r\n\r\n"), true, true);
    byte[] two = Arrays.copyOf(one, 2 * one.length - StoredForm.HEADER_BYTES);
    System.arraycopy(
        one, StoredForm.HEADER_BYTES, two, one.length, one.length - StoredForm.HEADER_BYTES);

    assertDamaged(two, "zstd says: ");
  }

  @Test
  void refusesATextThatWouldSplitAMessage() {
    assertDamaged(
        frame(latin1("HTTP/1.1 200 OK\r\na: b\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"), true, true),
        "octets behind the head at 23");
    assertDamaged(
        frame(latin1("HTTP/1.1 200 OK\r\na: b\nc: d\r\n\r\n"), true, true), "no line end");
  }

  @Test
  void refusesMoreOctetsThanTheLargestHeadCanHave() {
    assertDamaged(frameOf(200_000), "200000 octets (expected: up to ");
  }

  private static byte[] frameOf(int length) {
    byte[] stored = new byte[length];
    StoredForm.writeHeader(stored, 0);
    return stored;
  }

  @Test
  void worksOnAfterDamage() throws ProxyException {
    ResponseHeader head = ResponseHeader.of(200).add("a", "b");
    byte[] good = serde.serialize(head);
    byte[] bad = good.clone();
    bad[bad.length - 1] ^= 1;
    for (int i = 0; i < 100; i++) {
      assertDamaged(bad, "checksum");
      HeadAssert.assertSame(serde.deserialize(good), head);
    }
  }

  @Test
  void tellsKindsThatCountersCanShow() {
    assertThat(HeaderSerde.DAMAGED).isEqualTo(ErrorKind.custom("StoredHeadDamaged"));
    assertThat(HeaderSerde.UNKNOWN_DICTIONARY).isEqualTo(ErrorKind.custom("StoredHeadDictionary"));
  }

  /// zstd frames need not tell the size of their content (RFC 8878 §3.1.1.1.4); these are refused.
  @Test
  void refusesAFrameWithoutContentSize() {
    byte[] stored =
        HexFormat.of().parseHex("01000000000400890000485454502f312e3120323030200d0a0d0a6ccf5889");
    assertThatThrownBy(() -> serde.deserialize(stored))
        .isInstanceOfSatisfying(
            ProxyException.class, e -> assertThat(e.kind()).isEqualTo(HeaderSerde.DAMAGED));
  }

  /// Each header of a frame: descriptor, and what the window or size after it may be.
  @Test
  void refusesOrReadsEveryFrameHeader() {
    byte[] stored =
        HexFormat.of().parseHex("01000000000400890000485454502f312e3120323030200d0a0d0a6ccf5889");
    int read = 0;
    for (int descriptor = 0; descriptor < 256; descriptor++) {
      for (int next = 0; next < 256; next++) {
        stored[StoredForm.HEADER_BYTES] = (byte) descriptor;
        stored[StoredForm.HEADER_BYTES + 1] = (byte) next;
        read += isRead(stored, "HTTP/1.1 200 \r\n\r\n") ? 1 : 0;
      }
    }
    // The one that tells the size, with and without the bit that decoders ignore.
    assertThat(read).isEqualTo(2);
  }
}

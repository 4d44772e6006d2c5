// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.Allocation;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Field sections that are large, or become large when decompressed (CVE-2016-6581).
final class HeaderBombTest {
  private final ServerFixture server = ServerFixture.open();

  private void assertAnswered431(int stream, List<Seen> frames) {
    Seen.Headers answer = (Seen.Headers) frames.getFirst();
    assertThat(answer.stream()).isEqualTo(stream);
    assertThat(answer.end()).isTrue();
    assertThat(new String(answer.block(), StandardCharsets.US_ASCII)).endsWith("431");
    assertThat(server.requests).isEmpty();
    assertThat(server.connection.openStreams()).isZero();
  }

  @Test
  void answersASectionBeyondTheLimitWith431() {
    Raw block = Raw.get("/");
    for (int i = 0; i < 40; i++) {
      block.line("x-" + i, "v".repeat(1_580)); // 40 * (1580 + 32 + 4) = 64,640
    }
    byte[] bytes = block.line("x-last", "v".repeat(700)).bytes();
    sendInFrames(1, bytes);

    assertAnswered431(1, server.frames());
    server.assertStillWorks(1);
  }

  @Test
  void acceptsASectionUpToTheLimit() {
    Raw block = Raw.get("/"); // 7+3 + 7+5 + 5+1 + 10+9 + 4*32 = 175
    for (int i = 10; i < 50; i++) {
      block.line("x-" + i, "v".repeat(1_580));
    }
    int rest = 65_536 - 175 - 40 * (1_580 + 4 + 32) - 6 - 32;
    sendInFrames(1, block.line("x-last", "v".repeat(rest)).bytes());

    assertThat(server.requests).hasSize(1);
  }

  private void sendInFrames(int stream, byte[] block) {
    int from = 0;
    while (block.length - from > 16_384) {
      byte[] part = Arrays.copyOfRange(block, from, from + 16_384);
      server.send(new Raw().frame(from == 0 ? 1 : 9, 1, stream, part));
      from += 16_384;
    }
    byte[] part = Arrays.copyOfRange(block, from, block.length);
    server.send(new Raw().frame(from == 0 ? 1 : 9, 5, stream, part));
  }

  /// One entry of 4 KiB, referred to ten thousand times: 40 MB out of 14 KB.
  @Test
  void aCompressedBombIsNotBlownUp() {
    Raw block = Raw.get("/").indexedLine("x-bomb", "v".repeat(4_000));
    for (int i = 0; i < 10_000; i++) {
      block.hex("be");
    }
    Raw frame = new Raw().headers(1, true, block);
    long spent = Allocation.of(() -> server.send(frame));

    assertAnswered431(1, server.frames());
    assertThat(spent).isLessThan(1_000_000);
    server.assertStillWorks(1);
  }

  @Test
  void repeatedBombsStayCheap() {
    Raw bomb = Raw.get("/").indexedLine("x-bomb", "v".repeat(4_000));
    for (int i = 0; i < 12_000; i++) {
      bomb.hex("be");
    }
    long before = System.nanoTime();
    for (int i = 0; i < 500; i++) {
      server.send(new Raw().headers(2 * i + 1, true, bomb));
      server.sink.take();
    }
    assertThat(System.nanoTime() - before).as("24 GB if blown up").isLessThan(5_000_000_000L);
  }

  @Test
  void boundsTheNumberOfLines() {
    Raw block = Raw.get("/");
    for (int i = 0; i < 253; i++) {
      block.line("a", "");
    }
    server.send(new Raw().headers(1, true, block));

    assertAnswered431(1, server.frames());
  }

  @Test
  void wantsNoContentOfARequestItAnsweredWith431() {
    Raw block = Raw.post("/");
    for (int i = 0; i < 300; i++) {
      block.line("a", "");
    }
    server.send(new Raw().headers(1, false, block));
    List<Seen> frames = server.frames();
    assertAnswered431(1, frames);
    assertThat(frames.getLast()).isEqualTo(new Seen.Reset(1, ErrorCode.NO_ERROR));

    server.send(new Raw().data(1, "late", true));
    server.assertStillWorks(1);
  }

  @Test
  void resetsAStreamWhoseTrailersAreTooLarge() {
    Raw trailers = new Raw();
    for (int i = 0; i < 300; i++) {
      trailers.line("a", "");
    }
    server.send(new Raw().headers(1, false, Raw.post("/")).headers(1, true, trailers));
    server.assertStreamError(1, ErrorCode.ENHANCE_YOUR_CALM);
  }

  /// Huffman code expands: 16 KiB of five-bit symbols are 26 KiB.
  @Test
  void boundsWhatHuffmanExpandsTo() {
    Raw block = Raw.get("/");
    Raw value = new Raw();
    for (int i = 0; i < 15_000; i++) {
      value.hex("00"); // "0" is five zeros
    }
    block.hex("00 01 61 ff").hex("99 74"); // length 127 + 0x19 + 0x74 * 128 = 15000
    block.append(value.bytes());
    server.send(new Raw().headers(1, true, block));

    assertThat(server.request(0).request().headers().first("a")).hasSize(24_000);
  }
}

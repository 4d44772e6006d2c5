// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Our HPACK against Netty's, in both directions, over long-lived tables.
final class HpackNettyTest {
  private static final String[] NAMES = {
    "accept",
    "accept-encoding",
    "cache-control",
    "content-type",
    "cookie",
    "date",
    "etag",
    "server",
    "user-agent",
    "vary",
    "x-a",
    "x-forwarded-for",
    "x-long-name-that-is-nowhere-in-a-table",
  };

  private final Random random = new Random(9113);

  @Test
  void nettyReadsWhatWeWrite() throws Http2Exception {
    HpackEncoder encoder = new HpackEncoder();
    DefaultHttp2HeadersDecoder netty = new DefaultHttp2HeadersDecoder(false, 1 << 20);
    for (int round = 0; round < 3_000; round++) {
      if (round % 500 == 250) {
        int size = random.nextInt(4_097);
        encoder.maxTableSize(size);
        netty.configuration().maxHeaderTableSize(size);
      }
      List<String> lines = lines();
      encoder.begin();
      for (String line : lines) {
        byte[] bytes = line.getBytes(StandardCharsets.ISO_8859_1);
        int colon = line.indexOf(": ");
        encoder.name(bytes, 0, colon);
        encoder.value(bytes, colon + 2, bytes.length - colon - 2, false);
      }
      ByteBuf block = Unpooled.copiedBuffer(encoder.block().bytes, 0, encoder.block().length);
      assertThat(sorted(netty.decodeHeaders(1, block))).isEqualTo(sorted(lines));
    }
  }

  @Test
  void weReadWhatNettyWrites() throws Http2Exception, ConnectionException {
    DefaultHttp2HeadersEncoder netty =
        new DefaultHttp2HeadersEncoder((name, value) -> "cookie".contentEquals(name));
    HpackDecoder decoder = new HpackDecoder();
    LineLog log = new LineLog();
    for (int round = 0; round < 3_000; round++) {
      if (round % 500 == 250) {
        netty.configuration().maxHeaderTableSize(random.nextInt(4_097));
      }
      List<String> lines = lines();
      Http2Headers headers = new DefaultHttp2Headers(false);
      for (String line : lines) {
        int colon = line.indexOf(": ");
        headers.add(line.substring(0, colon), line.substring(colon + 2));
      }
      ByteBuf out = Unpooled.buffer();
      netty.encodeHeaders(1, headers, out);
      byte[] block = new byte[out.readableBytes()];
      out.readBytes(block);
      decoder.decode(block, 0, block.length, log);
      List<String> read = new ArrayList<>();
      for (String line : log.take()) {
        read.add(line.startsWith("cookie") ? line.substring(0, line.length() - 2) : line);
      }
      assertThat(sorted(read)).isEqualTo(sorted(lines));
    }
  }

  private List<String> lines() {
    List<String> lines = new ArrayList<>();
    int count = random.nextInt(12);
    for (int i = 0; i < count; i++) {
      String name = NAMES[random.nextInt(NAMES.length)];
      lines.add(name + ": " + value());
    }
    return lines;
  }

  private String value() {
    if (random.nextInt(3) > 0) {
      return "common-" + random.nextInt(8);
    }
    StringBuilder value = new StringBuilder();
    int length = random.nextInt(random.nextInt(20) == 0 ? 5_000 : 60);
    for (int i = 0; i < length; i++) {
      value.append((char) (' ' + 1 + random.nextInt(94)));
    }
    return value.toString();
  }

  private static List<String> sorted(Http2Headers headers) {
    List<String> lines = new ArrayList<>();
    headers.forEach(entry -> lines.add(entry.getKey() + ": " + entry.getValue()));
    return sorted(lines);
  }

  private static List<String> sorted(List<String> lines) {
    List<String> sorted = new ArrayList<>(lines);
    Collections.sort(sorted);
    return sorted;
  }
}

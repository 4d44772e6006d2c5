// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.error.ProxyException;
import dev.pingora.http.RequestHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Random messages, written by the writers, one behind the other, and read back in random pieces.
final class PipelineTest {
  private static final int ROUNDS = 3_000;
  private static final int MAX_MESSAGES = 6;

  private final Random random = new Random(20260103);
  private final ByteBuffer wire = ByteBuffer.allocate(1 << 17);
  private final List<String> expected = new ArrayList<>();

  @Test
  void readsBackEveryPipelineInPieces() throws ProxyException {
    for (int round = 0; round < ROUNDS; round++) {
      wire.clear();
      expected.clear();
      for (int i = random.nextInt(MAX_MESSAGES) + 1; i > 0; i--) {
        write();
      }
      byte[] octets = new byte[wire.position()];
      wire.get(0, octets);
      assertThat(Exchange.of(pieces(octets))).isEqualTo(expected);
    }
  }

  private void write() throws ProxyException {
    String content = "x\r\n0\r\n\r\n".repeat(random.nextInt(30));
    MessageFraming framing =
        switch (random.nextInt(3)) {
          case 0 -> new MessageFraming.None();
          case 1 -> new MessageFraming.ContentLength(content.length());
          default -> new MessageFraming.Chunked();
        };
    String sent = framing instanceof MessageFraming.None ? "" : content;
    RequestHeader request =
        RequestHeader.of(random.nextBoolean() ? "POST" : "GET", "/" + random.nextInt(1000));
    request.set("Host", "h.example").add("X-Padding", "y".repeat(random.nextInt(200)));
    framing.announceIn(request.headers());
    assertThat(HeadWriter.write(request, wire)).isTrue();
    ContentWriter writer = ContentWriter.of(framing);
    for (int from = 0; from < sent.length(); ) {
      int length = 1 + random.nextInt(sent.length() - from);
      writer.writePrefix(length, wire);
      wire.put(Wire.bytes(sent.substring(from, from + length)));
      writer.writeSuffix(wire);
      from += length;
    }
    writer.writeEnd(random.nextBoolean() ? Wire.fields("X-Sum: 1", "Y: 2") : null, wire);
    expected.add(request.method() + " " + request.target() + " [" + sent + "]");
  }

  private List<byte[]> pieces(byte[] octets) {
    List<byte[]> pieces = new ArrayList<>();
    int most = 1 + random.nextInt(random.nextBoolean() ? 4 : octets.length);
    for (int from = 0; from < octets.length; ) {
      int to = Math.min(octets.length, from + 1 + random.nextInt(most));
      pieces.add(java.util.Arrays.copyOfRange(octets, from, to));
      from = to;
    }
    return pieces;
  }
}

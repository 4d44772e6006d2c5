// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// CVE-2024-27316 and its kin: field blocks that never end.
final class ContinuationFloodTest {
  private final ServerFixture server = ServerFixture.open();

  @Test
  void boundsTheNumberOfContinuations() {
    server.send(new Raw().frame(1, 0, 1, Raw.get("/")));
    for (int i = 0; i < 8; i++) {
      server.send(new Raw().frame(9, 0, 1, new Raw()));
      assertThat(server.connection.state()).isEqualTo(Http2State.OPEN);
    }
    server.send(new Raw().header(0, 9, 0, 1));
    server.assertConnectionError(ErrorCode.ENHANCE_YOUR_CALM);
  }

  @Test
  void boundsTheBlockWhenTheHeaderOfAFrameAnnouncesIt() {
    server.send(new Raw().frame(1, 0, 1, new byte[16_384]));
    server.send(new Raw().frame(9, 0, 1, new byte[16_384]));
    server.send(new Raw().frame(9, 0, 1, new byte[16_384]));
    server.send(new Raw().frame(9, 0, 1, new byte[16_384]));
    assertThat(server.connection.state()).isEqualTo(Http2State.OPEN);
    // Only the announcement; not a byte of it is waited for.
    server.send(new Raw().header(1, 9, 0, 1));
    server.assertConnectionError(ErrorCode.ENHANCE_YOUR_CALM);
  }

  @Test
  void appliesToTrailersToo() {
    server.send(new Raw().headers(1, false, Raw.post("/")).frame(1, 1, 1, new Raw()));
    for (int i = 0; i <= 8; i++) {
      server.send(new Raw().frame(9, 0, 1, new Raw()));
    }
    server.assertConnectionError(ErrorCode.ENHANCE_YOUR_CALM);
  }

  @Test
  void countsAnewForEveryBlock() {
    for (int stream = 1; stream < 200; stream += 2) {
      server.answering();
      server.send(
          new Raw()
              .frame(1, 1, stream, Raw.get("/"))
              .frame(9, 0, stream, new Raw())
              .frame(9, 0, stream, new Raw())
              .frame(9, 4, stream, new Raw()));
    }
    assertThat(server.requests).hasSize(100);
  }
}

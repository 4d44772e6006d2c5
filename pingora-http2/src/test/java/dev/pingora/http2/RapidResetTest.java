// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// CVE-2023-44487: requests that are reset as soon as they are sent cost the client nothing and the
/// server whatever a request costs.
final class RapidResetTest {
  @Test
  void endsTheConnectionWhenTheBudgetIsUsedUp() {
    ServerFixture server = ServerFixture.open();
    int stream = 1;
    while (server.connection.state() == Http2State.OPEN && stream < 10_000) {
      server.send(new Raw().headers(stream, true, Raw.get("/")).reset(stream, 8));
      if (!server.requests.isEmpty()) {
        server.requests.getLast().stream().release();
      }
      stream += 2;
    }
    assertThat(server.requests).hasSize(201);
    server.assertConnectionError(ErrorCode.ENHANCE_YOUR_CALM);
  }

  @Test
  void runsABoundedNumberOfRequestsEvenWithinTheBudget() {
    ServerFixture server =
        ServerFixture.open(Http2Settings.OURS, Http2Limits.builder().resets(10_000, 0).build());
    // The engine has not come round to release any.
    for (int i = 0; i < 300; i++) {
      server.send(new Raw().headers(2 * i + 1, true, Raw.get("/")).reset(2 * i + 1, 8));
    }
    assertThat(server.requests).hasSize(2 * 128);
    assertThat(server.frames()).contains(new Seen.Reset(513, ErrorCode.REFUSED_STREAM));
    server.request(0).stream().release();
    server.request(1).stream().release();
    server.send(new Raw().headers(601, true, Raw.get("/")));
    assertThat(server.requests).hasSize(2 * 128 + 1);
  }

  @Test
  void leavesRoomForACancelNowAndThen() {
    ServerFixture server = ServerFixture.open();
    for (int i = 0; i < 2_000; i++) {
      server.now += 200_000_000L; // five a second
      server.send(new Raw().headers(2 * i + 1, true, Raw.get("/")).reset(2 * i + 1, 8));
      server.requests.getLast().stream().release();
    }
    assertThat(server.connection.state()).isEqualTo(Http2State.OPEN);
    assertThat(server.requests).hasSize(2_000);
  }

  @Test
  void doesNotCountResetsOfAnsweredRequests() {
    ServerFixture server = ServerFixture.open().answering();
    for (int i = 0; i < 900; i++) {
      server.send(new Raw().headers(2 * i + 1, true, Raw.get("/")).reset(2 * i + 1, 8));
    }
    assertThat(server.connection.state()).isEqualTo(Http2State.OPEN);
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.http.ResponseHeader;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// RFC 9113 §6.8 and §6.5.3: how connections end.
final class ShutdownTest {
  private final ServerFixture server = ServerFixture.open();

  @Test
  void announcesTheEndAndServesWhatIsUnderWay() {
    server.send(new Raw().headers(1, true, Raw.get("/")));
    server.connection.shutdown(server.now);
    List<Seen> frames = server.frames();
    assertThat(frames.getFirst())
        .isEqualTo(new Seen.GoAway(0, Integer.MAX_VALUE, ErrorCode.NO_ERROR, ""));
    assertThat(frames.get(1)).isEqualTo(new Seen.Ping(0, false, Shutdown.PING));
    assertThat(server.connection.state()).isEqualTo(Http2State.DRAINING);

    // Sent by the client before it has seen the announcement.
    server.send(new Raw().headers(3, true, Raw.get("/")));
    assertThat(server.requests).hasSize(2);

    server.send(new Raw().ping(true, Shutdown.PING));
    assertThat(server.frames()).containsExactly(new Seen.GoAway(0, 3, ErrorCode.NO_ERROR, ""));
    assertThat(server.log.pongs).as("not the application's").isEmpty();

    // Too late.
    server.send(new Raw().headers(5, false, Raw.post("/")).data(5, "x", true));
    assertThat(server.requests).hasSize(2);
    assertThat(server.frames()).isEmpty();

    for (StreamLog request : server.requests) {
      assertThat(server.connection.state()).isEqualTo(Http2State.DRAINING);
      request.stream().sendHeaders(ResponseHeader.of(200), true);
    }
    assertThat(server.connection.state()).isEqualTo(Http2State.DRAINED);
  }

  @Test
  void doesNotWaitForeverForTheClientToNotice() {
    server.connection.shutdown(server.now);
    server.frames();
    long deadline = server.connection.tick(server.now);
    assertThat(deadline).isEqualTo(server.now + Duration.ofSeconds(1).toNanos());
    assertThat(server.connection.tick(deadline - 1)).isEqualTo(deadline);
    assertThat(server.connection.state()).isEqualTo(Http2State.DRAINING);

    assertThat(server.connection.tick(deadline)).isEqualTo(Long.MAX_VALUE);
    assertThat(server.frames()).containsExactly(new Seen.GoAway(0, 0, ErrorCode.NO_ERROR, ""));
    assertThat(server.connection.state()).isEqualTo(Http2State.DRAINED);
  }

  @Test
  void anIdleConnectionEndsAfterARoundTrip() {
    server.connection.shutdown(server.now);
    server.send(new Raw().ping(true, Shutdown.PING));
    assertThat(server.connection.state()).isEqualTo(Http2State.DRAINED);
  }

  @Test
  void shutsDownOnce() {
    server.connection.shutdown(server.now);
    server.connection.shutdown(server.now);
    assertThat(server.frames()).hasSize(2);
    server.send(new Raw().ping(true, Shutdown.PING));
    server.connection.shutdown(server.now);
    assertThat(server.frames()).hasSize(1);
  }

  @Test
  void anErrorWhileShuttingDownNamesNoHigherStream() {
    server.send(new Raw().headers(1, true, Raw.get("/")));
    server.connection.shutdown(server.now);
    server.send(new Raw().ping(true, Shutdown.PING).headers(7, true, Raw.get("/")));
    server.frames();
    server.send(new Raw().frame(6, 0, 1, new byte[8]));

    assertThat(((Seen.GoAway) server.frames().getLast()).last()).isEqualTo(1);
  }

  @Test
  void failsWhenSettingsAreNotAcknowledged() {
    ServerFixture fresh = ServerFixture.fresh().send(new Raw().preface());
    long deadline = fresh.connection.tick(fresh.now);
    assertThat(deadline).isEqualTo(fresh.now + Duration.ofSeconds(10).toNanos());
    fresh.connection.tick(deadline - 1);
    assertThat(fresh.connection.state()).isEqualTo(Http2State.OPEN);
    fresh.connection.tick(deadline);
    fresh.assertConnectionError(ErrorCode.SETTINGS_TIMEOUT);
  }

  @Test
  void tellsTheSoonerOfTwoDeadlines() {
    ServerFixture fresh = ServerFixture.fresh().send(new Raw().preface());
    fresh.connection.shutdown(fresh.now);
    assertThat(fresh.connection.tick(fresh.now))
        .isEqualTo(fresh.now + Duration.ofSeconds(1).toNanos());
    assertThat(fresh.connection.tick(fresh.now + Duration.ofSeconds(1).toNanos()))
        .isEqualTo(fresh.now + Duration.ofSeconds(10).toNanos());
  }

  @Test
  void hasNoDeadlineInQuietOperation() {
    assertThat(server.connection.tick(server.now)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aFailureResetsAllStreamsFirst() {
    server.send(new Raw().headers(1, false, Raw.post("/")).headers(3, true, Raw.get("/")));
    server.connection.fail(ErrorCode.INTERNAL_ERROR, "test");

    assertThat(server.request(0).errorCode()).isEqualTo(ErrorCode.INTERNAL_ERROR);
    assertThat(server.request(1).errorCode()).isEqualTo(ErrorCode.INTERNAL_ERROR);
    assertThat(server.frames())
        .containsExactly(new Seen.GoAway(0, 3, ErrorCode.INTERNAL_ERROR, "test"));
    server.connection.fail(ErrorCode.INTERNAL_ERROR, "again");
    assertThat(server.frames()).isEmpty();
    server.request(0).stream().release();
    server.request(1).stream().release();
    assertThat(server.frames()).as("nothing behind GOAWAY").isEmpty();
  }

  @Test
  void theEndOfTheTransportResetsAllStreams() {
    server.send(new Raw().headers(1, false, Raw.post("/")).data(1, "x", false));
    server.connection.endOfInput();

    assertThat(server.request(0).errorCode()).isEqualTo(ErrorCode.CANCEL);
    assertThat(server.connection.state()).isEqualTo(Http2State.CLOSED);
    server.request(0).stream().release();
    server.connection.endOfInput();
    server.connection.flush();
    server.connection.ping(1);
    server.connection.shutdown(server.now);
    assertThat(server.connection.tick(server.now)).isEqualTo(Long.MAX_VALUE);
    assertThat(server.frames()).isEmpty();
  }

  @Test
  void pings() {
    server.connection.ping(77);
    assertThat(server.frames()).containsExactly(new Seen.Ping(0, false, 77));
    server.send(new Raw().ping(true, 77));
    assertThat(server.log.pongs).containsExactly(77L);
  }

  @Test
  void refusesAGoAwayThatTakesBackTheOneBefore() {
    server.send(new Raw().goAway(1, 0, "").goAway(3, 0, ""));
    server.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  @Test
  void knowsWhetherItIsInsideAFrame() {
    ServerFixture fresh = ServerFixture.fresh();
    assertThat(fresh.connection.isInsideFrame()).as("preface missing").isTrue();
    fresh.greet();
    assertThat(fresh.connection.isInsideFrame()).isFalse();
    fresh.send(new Raw().hex("00"));
    assertThat(fresh.connection.isInsideFrame()).isTrue();
    fresh.send(new Raw().hex("0000 01 01 00000001"));
    assertThat(fresh.connection.isInsideFrame()).isTrue();
  }
}

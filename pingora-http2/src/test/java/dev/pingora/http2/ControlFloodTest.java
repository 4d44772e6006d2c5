// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.http.ResponseHeader;
import java.nio.ByteBuffer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// CVE-2019-9511 to -9518: frames that carry nothing, without end.
final class ControlFloodTest {
  static Stream<Arguments> floods() {
    return Stream.of(
        Arguments.of("PING", new Raw().ping(false, 1)),
        Arguments.of("PING answers", new Raw().ping(true, 1)),
        Arguments.of("SETTINGS", new Raw().settings()),
        Arguments.of("SETTINGS that change windows", new Raw().settings(4, 1, 4, 70_000)),
        Arguments.of("PRIORITY", new Raw().priority(1, 0)),
        Arguments.of("empty DATA", new Raw().data(1, "", false)),
        Arguments.of("padding", new Raw().frame(0, 8, 1, new Raw().hex("0100"))),
        Arguments.of("WINDOW_UPDATE of the connection", new Raw().windowUpdate(0, 1)),
        Arguments.of("WINDOW_UPDATE of a stream", new Raw().windowUpdate(1, 1)),
        Arguments.of("RST_STREAM of a closed stream", new Raw().reset(3, 8)),
        Arguments.of("WINDOW_UPDATE of a closed stream", new Raw().windowUpdate(3, 1)),
        Arguments.of("GOAWAY", new Raw().goAway(0, 0, "")),
        Arguments.of("unknown types", new Raw().frame(0x77, 0, 1, new byte[0])));
  }

  private static ServerFixture withAnOpenStream() {
    ServerFixture server = ServerFixture.open();
    server.send(
        new Raw().headers(1, false, Raw.post("/")).headers(3, false, Raw.post("/")).reset(3, 8));
    return server;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("floods")
  void endsTheConnection(String name, Raw frame) {
    ServerFixture server = withAnOpenStream();
    int count = 0;
    while (server.connection.state() != Http2State.CLOSED && count < 100_000) {
      server.send(frame);
      server.sink.take();
      count++;
      assertThat(server.sink.pendingBytes()).isZero();
    }
    assertThat(count).as(name).isBetween(990, 1_001);
    assertThat(server.log.failure().code()).isEqualTo(ErrorCode.ENHANCE_YOUR_CALM);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("floods")
  void leavesRoomForFiftyASecond(String name, Raw frame) {
    ServerFixture server = withAnOpenStream();
    for (int i = 0; i < 5_000; i++) {
      server.now += 20_000_000L;
      server.send(frame);
      server.sink.take();
    }
    assertThat(server.log.failure).as(name).isNull();
  }

  /// CVE-2019-9512, -9515: the peer asks and never reads.
  @Test
  void boundsRepliesThatNobodyFetches() {
    ServerFixture server =
        ServerFixture.open(Http2Settings.OURS, Http2Limits.builder().control(1_000_000, 0).build());
    int count = 0;
    while (server.connection.state() == Http2State.OPEN && count < 100_000) {
      server.send(new Raw().ping(false, count++));
    }
    assertThat(count).isEqualTo(1_001);
    assertThat(server.sink.pendingBytes()).isLessThan(1_002 * 17 + 100);
    server.assertConnectionError(ErrorCode.ENHANCE_YOUR_CALM);
  }

  @Test
  void forgetsRepliesThatHaveBeenFetched() {
    ServerFixture server =
        ServerFixture.open(Http2Settings.OURS, Http2Limits.builder().control(1_000_000, 0).build());
    for (int i = 0; i < 20_000; i++) {
      server.send(new Raw().ping(false, i));
      if (i > 300) {
        // Always some 300 behind, so that the output is never empty.
        server.sink.take(17);
      }
    }
    assertThat(server.connection.state()).isEqualTo(Http2State.OPEN);
  }

  /// A download makes the client send two WINDOW_UPDATE a frame, at any rate.
  @Test
  void trafficEarnsWindowUpdates() {
    ServerFixture server = ServerFixture.open();
    server.send(new Raw().headers(1, true, Raw.get("/")));
    Http2Stream stream = server.request(0).stream();
    stream.sendHeaders(ResponseHeader.of(200), false);
    for (int i = 0; i < 20_000; i++) {
      assertThat(stream.sendData(ByteBuffer.allocate(1_000), false)).isTrue();
      server.send(new Raw().windowUpdate(0, 1_000).windowUpdate(1, 1_000).ping(false, i));
      server.sink.take();
    }
    assertThat(server.connection.state()).isEqualTo(Http2State.OPEN);
  }

  @Test
  void requestsEarnControlFrames() {
    ServerFixture server = ServerFixture.open().answering();
    for (int i = 0; i < 5_000; i++) {
      server.send(
          new Raw().headers(2 * i + 1, true, Raw.get("/")).windowUpdate(0, 1).ping(false, i));
      server.sink.take();
    }
    assertThat(server.connection.state()).isEqualTo(Http2State.OPEN);
  }

  @Test
  void boundsTheSettingsOfOneFrame() {
    ServerFixture server = ServerFixture.open();
    int[] settings = new int[2 * 64];
    for (int i = 0; i < settings.length; i += 2) {
      settings[i] = 4;
      settings[i + 1] = i;
    }
    server.send(new Raw().settings(settings));
    assertThat(server.connection.state()).isEqualTo(Http2State.OPEN);
    server.send(new Raw().frame(4, 0, 0, new byte[65 * 6]));
    server.assertConnectionError(ErrorCode.ENHANCE_YOUR_CALM);
  }

  /// A client cannot know that we have reset its upload; what its window allows is under way.
  @Test
  void anUploadThatWeResetIsNoFlood() {
    ServerFixture server = ServerFixture.open();
    server.send(new Raw().headers(1, false, Raw.post("/")));
    server.request(0).stream().release();
    for (int i = 0; i < 2_000; i++) {
      server.send(new Raw().data(1, 512, false));
      server.sink.take();
    }
    assertThat(server.connection.state()).isEqualTo(Http2State.OPEN);
  }

  @Test
  void tinyPiecesOfAnUploadThatWeResetAreOne() {
    ServerFixture server = ServerFixture.open();
    server.send(new Raw().headers(1, false, Raw.post("/")));
    server.request(0).stream().release();
    for (int i = 0; i < 2_000 && server.log.failure == null; i++) {
      server.send(new Raw().data(1, 1, false));
    }
    server.assertConnectionError(ErrorCode.ENHANCE_YOUR_CALM);
  }
}

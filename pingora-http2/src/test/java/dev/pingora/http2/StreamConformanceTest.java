// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.http.Fields;
import dev.pingora.http.ResponseHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 9113 §5: h2spec's cases about the states of streams.
final class StreamConformanceTest {
  private final ServerFixture server = ServerFixture.open();

  // §5.1 idle

  @Test
  void refusesDataOnAnIdleStream() {
    server.send(new Raw().data(1, "test", true));
    server.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  @Test
  void refusesResetOfAnIdleStream() {
    server.send(new Raw().reset(1, 8));
    server.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  @Test
  void refusesWindowUpdateOfAnIdleStream() {
    server.send(new Raw().windowUpdate(1, 100));
    server.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  @Test
  void refusesContinuationOnAnIdleStream() {
    server.send(new Raw().frame(9, 4, 1, Raw.get("/")));
    server.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 8})
  void refusesFramesOnEvenStreams(int type) {
    server.send(new Raw().headers(5, true, Raw.get("/")).frame(type, 0, 2, new Raw().int32(1)));
    server.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  // §5.1 half-closed (remote)

  @Test
  void refusesDataAfterTheEnd() {
    server.send(new Raw().headers(1, true, Raw.get("/")).data(1, "test", true));
    server.assertStreamError(1, ErrorCode.STREAM_CLOSED);
    assertThat(server.request(0).errorCode()).isEqualTo(ErrorCode.STREAM_CLOSED);
  }

  @Test
  void refusesHeadersAfterTheEnd() {
    server.send(
        new Raw()
            .headers(1, true, Raw.get("/"))
            .headers(1, true, new Raw().indexedLine("x-a", "b")));
    server.assertStreamError(1, ErrorCode.STREAM_CLOSED);
  }

  @Test
  void refusesContinuationAfterTheEnd() {
    server.send(new Raw().headers(1, true, Raw.get("/")).frame(9, 4, 1, Raw.get("/")));
    server.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  // §5.1 closed, by the peer's RST_STREAM

  @Test
  void refusesDataAfterReset() {
    server.send(new Raw().headers(1, false, Raw.post("/")).reset(1, 8).data(1, "test", true));
    server.assertStreamError(1, ErrorCode.STREAM_CLOSED);
  }

  @Test
  void refusesHeadersAfterReset() {
    server.send(
        new Raw()
            .headers(1, false, Raw.post("/"))
            .reset(1, 8)
            .headers(1, true, new Raw().indexedLine("x-a", "b")));
    server.assertStreamError(1, ErrorCode.STREAM_CLOSED);
  }

  @Test
  void refusesContinuationAfterReset() {
    server.send(
        new Raw().headers(1, false, Raw.post("/")).reset(1, 8).frame(9, 4, 1, Raw.get("/")));
    server.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  @Test
  void ignoresWindowUpdateAndResetAfterReset() {
    server.send(
        new Raw().headers(1, false, Raw.post("/")).reset(1, 8).windowUpdate(1, 5).reset(1, 8));
    assertThat(server.frames()).isEmpty();
    server.assertStillWorks(1);
  }

  // §5.1 closed, by END_STREAM in both directions

  @Test
  void refusesDataOnAClosedStream() {
    server.answering().send(new Raw().headers(1, true, Raw.get("/")).data(1, "test", true));
    server.assertConnectionError(ErrorCode.STREAM_CLOSED);
  }

  @Test
  void refusesHeadersOnAClosedStream() {
    server
        .answering()
        .send(new Raw().headers(1, true, Raw.get("/")).headers(1, true, Raw.get("/")));
    server.assertConnectionError(ErrorCode.STREAM_CLOSED);
  }

  @Test
  void ignoresWindowUpdateAndResetOnAClosedStream() {
    server
        .answering()
        .send(new Raw().headers(1, true, Raw.get("/")).windowUpdate(1, 5).reset(1, 8));
    server.frames();
    server.assertStillWorks(1);
  }

  // §5.1 closed, by our RST_STREAM: what was under way is dropped, in step with compression.

  @Test
  void dropsWhatWasUnderWayWhenWeReset() {
    server.send(new Raw().headers(1, false, Raw.post("/")));
    server.request(0).stream().reset(ErrorCode.CANCEL);
    server.frames();
    server.send(
        new Raw()
            .data(1, "late", false)
            .windowUpdate(1, 10)
            .headers(1, true, new Raw().indexedLine("x-late", "b"))
            .headers(3, true, Raw.get("/").hex("be")));

    assertThat(server.frames()).isEmpty();
    assertThat(server.request(0).content).isEmpty();
    assertThat(server.request(1).request().headers().first("x-late")).isEqualTo("b");
  }

  @Test
  void dropsTheRestOfAFrameWhenTheListenerResets() {
    server.send(new Raw().headers(1, false, Raw.post("/")).header(10, 0, 0, 1).text("12345"));
    server.request(0).stream().reset(ErrorCode.CANCEL);
    server.send(new Raw().text("67890").headers(3, true, Raw.get("/")));

    assertThat(server.request(0).content).hasToString("12345");
    assertThat(server.requests).hasSize(2);
  }

  // §5.1.1 Stream identifiers

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 0x7fff_fffe})
  void refusesEvenStreams(int stream) {
    server.send(new Raw().headers(stream, true, Raw.get("/")));
    server.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  @Test
  void refusesAStreamBelowTheLast() {
    server.send(new Raw().headers(5, true, Raw.get("/")).headers(3, true, Raw.get("/")));
    server.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  @Test
  void acceptsTheVeryLastStreamAndNoneAfter() {
    server.send(new Raw().headers(0x7fff_ffff, true, Raw.get("/last")));
    assertThat(server.request(0).request().target()).isEqualTo("/last");
    server.send(new Raw().headers(1, true, Raw.get("/")));
    server.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  // §5.1.2 Concurrency

  @Test
  void refusesOneStreamTooMany() {
    for (int i = 0; i <= 128; i++) {
      server.send(new Raw().headers(2 * i + 1, true, Raw.get("/")));
    }
    assertThat(server.requests).hasSize(128);
    assertThat(server.frames()).containsExactly(new Seen.Reset(257, ErrorCode.REFUSED_STREAM));
    assertThat(server.log.rejected.getFirst().code()).isEqualTo(ErrorCode.REFUSED_STREAM);

    server.request(0).stream().sendHeaders(ResponseHeader.of(200), true);
    server.request(0).stream().release();
    server.send(new Raw().headers(259, true, Raw.get("/")));
    assertThat(server.requests).hasSize(129);
  }

  @Test
  void keepsCompressionInStepOverARefusal() {
    ServerFixture one =
        ServerFixture.open(Http2Settings.OURS.withMaxConcurrentStreams(1), Http2Limits.DEFAULT);
    one.send(
        new Raw()
            .headers(1, true, Raw.get("/"))
            .headers(3, true, Raw.get("/").indexedLine("x-a", "b")));
    one.request(0).stream().release();
    one.send(new Raw().headers(5, true, Raw.get("/").hex("be")));

    assertThat(one.request(1).request().headers().first("x-a")).isEqualTo("b");
  }

  // §5.3.1 of RFC 7540

  @Test
  void refusesHeadersThatDependOnThemselves() {
    Raw block = new Raw().hex("00000001 10").append(Raw.get("/").bytes());
    server.send(new Raw().frame(1, 1 | 4 | 0x20, 1, block));
    server.assertStreamError(1, ErrorCode.PROTOCOL_ERROR);
  }

  @Test
  void refusesPriorityThatDependsOnItself() {
    server.send(new Raw().headers(1, false, Raw.post("/")).priority(1, 1));
    server.assertStreamError(1, ErrorCode.PROTOCOL_ERROR);
  }

  // The engine's side

  @Test
  void methodsOfAClosedStreamDoNothing() {
    server.send(new Raw().headers(1, true, Raw.get("/")).reset(1, 8));
    Http2Stream stream = server.request(0).stream();
    stream.sendHeaders(ResponseHeader.of(200), false);
    assertThat(stream.sendData(ServerTest.latin1("x"), false)).isTrue();
    stream.sendTrailers(Fields.empty());
    stream.reset(ErrorCode.CANCEL);
    stream.release();
    stream.release();

    assertThat(server.frames()).isEmpty();
    assertThat(stream.isClosed()).isTrue();
  }

  @Test
  void aReleasedStreamIsResetIfItIsNotFinished() {
    server.send(new Raw().headers(1, true, Raw.get("/")));
    server.request(0).stream().release();

    assertThat(server.frames()).containsExactly(new Seen.Reset(1, ErrorCode.CANCEL));
  }
}

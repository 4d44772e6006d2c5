// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.http.Fields;
import dev.pingora.http.HttpVersion;
import dev.pingora.http.ResponseHeader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A server's ordinary work.
final class ServerTest {
  @Test
  void sendsSettingsAndWindowFirst() {
    ServerFixture server = ServerFixture.fresh();

    List<Seen> frames = server.frames();
    assertThat(frames).hasSize(2);
    Seen.Settings settings = (Seen.Settings) frames.getFirst();
    assertThat(settings.value(3)).isEqualTo(128);
    assertThat(settings.value(4)).isEqualTo(1 << 20);
    assertThat(settings.value(6)).isEqualTo(64 << 10);
    assertThat(settings.value(5)).as("default").isEqualTo(-1);
    assertThat(frames.get(1)).isEqualTo(new Seen.WindowUpdate(0, (2 << 20) - 65_535));
  }

  @Test
  void acknowledgesSettings() {
    ServerFixture server = ServerFixture.fresh();
    server.frames();
    server.send(new Raw().text(Raw.PREFACE).settings(4, 1_000));

    assertThat(server.frames()).hasSize(1).first().isInstanceOf(Seen.Settings.class);
    assertThat(server.log.settings.getFirst().initialWindowSize()).isEqualTo(1_000);
  }

  @Test
  void passesARequestOn() {
    ServerFixture server = ServerFixture.open();
    server.send(new Raw().headers(1, true, Raw.get("/a?b=c").line("accept", "text/html")));

    StreamLog request = server.request(0);
    assertThat(request.ended).isTrue();
    assertThat(request.request().method()).isEqualTo("GET");
    assertThat(request.request().target()).isEqualTo("/a?b=c");
    assertThat(request.request().path()).isEqualTo("/a");
    assertThat(request.request().authority()).isEqualTo("a.example");
    assertThat(request.request().scheme()).isEqualTo("https");
    assertThat(request.request().version()).isEqualTo(HttpVersion.HTTP_2);
    assertThat(request.request().headers().first("accept")).isEqualTo("text/html");
    assertThat(request.request().headers().size()).isEqualTo(1);
  }

  @Test
  void readsTheSameBytesHoweverTheyAreCut() {
    byte[] bytes =
        new Raw()
            .preface()
            .settingsAck()
            .headers(1, false, Raw.post("/x").line("content-length", "5"))
            .data(1, "hello", true)
            .ping(false, 7)
            .bytes();
    for (int piece = 1; piece < bytes.length; piece++) {
      ServerFixture server = ServerFixture.fresh();
      for (int at = 0; at < bytes.length; at += piece) {
        int count = Math.min(piece, bytes.length - at);
        server.connection.receive(ByteBuffer.wrap(bytes, at, count), server.now);
      }
      assertThat(server.request(0).content).as("pieces of %d", piece).hasToString("hello");
      assertThat(server.request(0).ended).isTrue();
      assertThat(server.frames()).contains(new Seen.Ping(0, true, 7));
    }
  }

  @Test
  void answersWithContentAndTrailers() {
    ServerFixture server = ServerFixture.open();
    server.send(new Raw().headers(1, true, Raw.get("/")));
    Http2Stream stream = server.request(0).stream();
    stream.sendHeaders(ResponseHeader.of(200).set("Server", "test"), false);
    assertThat(stream.sendData(latin1("hello"), false)).isTrue();
    Fields trailers = Fields.empty();
    trailers.add("X-Sum", "1");
    stream.sendTrailers(trailers);
    stream.release();

    List<Seen> frames = server.frames();
    assertThat(frames).hasSize(3);
    assertThat(((Seen.Headers) frames.get(0)).end()).isFalse();
    assertThat(((Seen.Data) frames.get(1)).text()).isEqualTo("hello");
    assertThat(((Seen.Headers) frames.get(2)).end()).isTrue();
    assertThat(server.connection.openStreams()).isZero();
  }

  @Test
  void sendsInformationalResponsesBeforeTheFinalOne() {
    ServerFixture server = ServerFixture.open();
    server.send(new Raw().headers(1, false, Raw.post("/").line("expect", "100-continue")));
    Http2Stream stream = server.request(0).stream();
    stream.sendHeaders(ResponseHeader.of(100), false);
    stream.sendHeaders(ResponseHeader.of(204), true);

    assertThat(server.frames()).hasSize(2);
  }

  @Test
  void passesRequestTrailersOn() {
    ServerFixture server = ServerFixture.open();
    server.send(
        new Raw()
            .headers(1, false, Raw.post("/"))
            .data(1, "x", false)
            .headers(1, true, new Raw().line("x-sum", "1")));

    Fields trailers = server.request(0).trailers;
    assertThat(trailers).isNotNull();
    assertThat(trailers.first("x-sum")).isEqualTo("1");
  }

  @Test
  void answersPings() {
    ServerFixture server = ServerFixture.open();
    server.send(new Raw().ping(false, 0x0102030405060708L));

    assertThat(server.frames()).containsExactly(new Seen.Ping(0, true, 0x0102030405060708L));
  }

  @Test
  void tellsAboutResets() {
    ServerFixture server = ServerFixture.open();
    server.send(new Raw().headers(1, false, Raw.post("/")).reset(1, 8));

    assertThat(server.request(0).errorCode()).isEqualTo(ErrorCode.CANCEL);
    assertThat(server.connection.openStreams()).isZero();
    assertThat(server.frames()).isEmpty();
  }

  @Test
  void stopsAnUploadThatIsNotWantedAfterTheAnswer() {
    ServerFixture server = ServerFixture.open().answering();
    server.send(new Raw().headers(1, false, Raw.post("/")));

    // RFC 9113 §8.1.
    assertThat(server.frames().getLast()).isEqualTo(new Seen.Reset(1, ErrorCode.NO_ERROR));
  }

  static ByteBuffer latin1(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.http.ResponseHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// A server's connection with a hand-made peer: tests send raw bytes and look at frames.
final class ServerFixture {
  final MemorySink sink = new MemorySink();
  final ConnectionLog log = new ConnectionLog();
  final List<StreamLog> requests = new ArrayList<>();
  final Http2Connection connection;
  long now = 1_000;

  /// What is done with a request when it comes.
  Consumer<StreamLog> onRequest = stream -> {};

  ServerFixture(Http2Settings settings, Http2Limits limits) {
    connection =
        Http2Connection.server(
            settings,
            limits,
            log,
            (stream, header, end) -> {
              StreamLog request = new StreamLog();
              request.stream = stream;
              request.request = header;
              request.ended = end;
              requests.add(request);
              onRequest.accept(request);
              return request;
            },
            sink);
    connection.open(now);
  }

  /// {@return a server that has not seen a byte}
  static ServerFixture fresh() {
    return new ServerFixture(Http2Settings.OURS, Http2Limits.DEFAULT);
  }

  /// {@return a server after the exchange of settings}
  static ServerFixture open() {
    return fresh().greet();
  }

  static ServerFixture open(Http2Settings settings, Http2Limits limits) {
    return new ServerFixture(settings, limits).greet();
  }

  /// Exchanges settings and forgets the frames of that.
  ServerFixture greet() {
    send(new Raw().preface().settingsAck());
    sink.take();
    return this;
  }

  /// Answers every request completely at once.
  ServerFixture answering() {
    onRequest =
        request -> {
          request.stream().sendHeaders(ResponseHeader.of(200), true);
          request.stream().release();
        };
    return this;
  }

  ServerFixture send(Raw raw) {
    connection.receive(ByteBuffer.wrap(raw.bytes()), now);
    connection.flush();
    return this;
  }

  /// {@return the frames written since the last look}
  List<Seen> frames() {
    return sink.frames();
  }

  StreamLog request(int index) {
    return requests.get(index);
  }

  void assertConnectionError(ErrorCode code) {
    assertThat(log.failure().code()).isEqualTo(code);
    assertThat(connection.state()).isEqualTo(Http2State.CLOSED);
    Seen last = frames().getLast();
    assertThat(last).isInstanceOf(Seen.GoAway.class);
    assertThat(((Seen.GoAway) last).code()).isEqualTo(code);
  }

  void assertStreamError(int stream, ErrorCode code) {
    assertThat(frames()).contains(new Seen.Reset(stream, code));
    assertThat(connection.state()).isEqualTo(Http2State.OPEN);
    assertThat(log.failure).isNull();
    assertStillWorks(stream);
  }

  /// The connection serves another request, which shows that compression is in step.
  void assertStillWorks(int after) {
    int before = requests.size();
    send(new Raw().headers(after + 100, true, Raw.get("/still-works")));
    assertThat(requests).hasSize(before + 1);
    assertThat(requests.getLast().request().target()).isEqualTo("/still-works");
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.http.RequestHeader;
import java.nio.ByteBuffer;
import java.util.List;

/// A client's connection with a hand-made server: tests send raw bytes and look at frames.
final class ClientFixture {
  final MemorySink sink = new MemorySink();
  final ConnectionLog log = new ConnectionLog();
  final Http2Connection connection;
  long now = 1_000;

  ClientFixture() {
    connection = Http2Connection.client(Http2Settings.OURS, Http2Limits.DEFAULT, log, sink);
    connection.open(now);
  }

  /// {@return a client after the exchange of settings}
  static ClientFixture open(int... settings) {
    ClientFixture client = new ClientFixture();
    client.send(new Raw().settings(settings).settingsAck());
    client.sink.take();
    return client;
  }

  ClientFixture send(Raw raw) {
    connection.receive(ByteBuffer.wrap(raw.bytes()), now);
    connection.flush();
    return this;
  }

  StreamLog get(String path) {
    return request(RequestHeader.of("GET", path).set("Host", "a.example"), true);
  }

  StreamLog post(String path) {
    return request(RequestHeader.of("POST", path).set("Host", "a.example"), false);
  }

  StreamLog request(RequestHeader header, boolean endStream) {
    StreamLog stream = new StreamLog();
    stream.stream = connection.request(header, endStream, stream);
    assertThat(stream.stream).isNotNull();
    return stream;
  }

  List<Seen> frames() {
    return sink.frames();
  }

  void assertConnectionError(ErrorCode code) {
    assertThat(log.failure().code()).isEqualTo(code);
    assertThat(((Seen.GoAway) frames().getLast()).code()).isEqualTo(code);
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.connectors;

import dev.pingora.core.upstreams.ConnectProxy;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import dev.pingora.http.FieldName;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import dev.pingora.http1.HeadReader;
import dev.pingora.http1.HeadWriter;
import dev.pingora.http1.Http1Limits;
import dev.pingora.runtime.Connection;
import dev.pingora.runtime.RequestThread;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/// Asks an HTTP proxy for a tunnel: CONNECT (RFC 9110 §9.3.6). Confined to its request thread.
final class ProxyTunnel {
  /// Bounds of the proxy's answer.
  static final Http1Limits LIMITS =
      Http1Limits.RESPONSE.toBuilder().headerSectionBytes(16 * 1024).headerFields(100).build();

  /// Most interim responses before the final one.
  static final int MAX_INTERIM = 8;

  private final RequestThread thread;
  private final Connection connection;
  private final ConnectProxy proxy;
  private final long deadline;

  /// @param deadline of the whole conversation
  ProxyTunnel(RequestThread thread, Connection connection, ConnectProxy proxy, long deadline) {
    this.thread = thread;
    this.connection = connection;
    this.proxy = proxy;
    this.deadline = deadline;
  }

  /// Turns the connection into one to the peer. What came behind the proxy's answer is the peer's,
  /// and stays unread.
  ///
  /// @return what was asked and what was answered
  /// @throws ProxyException source UPSTREAM: CONNECT_PROXY_FAILURE caused by a [ConnectProxyError]
  ///   when the proxy refuses, CONNECT_TIMEOUT, CONNECTION_CLOSED, INVALID_HTTP_HEADER; the
  ///   connection is then of no use
  Answer open(List<Map.Entry<String, String>> extraHeaders) throws ProxyException {
    RequestHeader request = request(extraHeaders);
    try {
      send(request);
      ResponseHeader response = receive();
      // RFC 9110 §9.3.6: any 2xx means a tunnel; Transfer-Encoding and Content-Length are ignored.
      if (response.status() / 100 != 2) {
        throw ProxyException.explain(
            ErrorKind.CONNECT_PROXY_FAILURE,
            new ConnectProxyError(response),
            "no tunnel to %s",
            proxy.authority());
      }
      return new Answer(request, response);
    } catch (ProxyException e) {
      ProxyException seen =
          e.kind().equals(ErrorKind.READ_TIMEOUT)
              ? ProxyException.explain(
                  ErrorKind.CONNECT_TIMEOUT, e, "no tunnel to %s in time", proxy.authority())
              : e;
      throw seen.withSource(ErrorSource.UPSTREAM);
    }
  }

  /// The conversation with the proxy.
  record Answer(RequestHeader request, ResponseHeader response) {}

  private RequestHeader request(List<Map.Entry<String, String>> extraHeaders) {
    RequestHeader request = RequestHeader.of("CONNECT", proxy.authority());
    request.set(FieldName.HOST, proxy.authority()); // RFC 9112 §3.2
    proxy.headers().forEach(field -> request.add(field.getKey(), field.getValue()));
    extraHeaders.forEach(field -> request.add(field.getKey(), field.getValue()));
    return request;
  }

  private void send(RequestHeader request) throws ProxyException {
    ByteBuffer head = ByteBuffer.allocate(HeadWriter.encodedLength(request));
    if (!HeadWriter.write(request, head)) {
      throw new IllegalStateException("a head is longer than it said");
    }
    connection.write(thread, head.flip(), left());
    connection.flush();
  }

  /// {@return nanoseconds to the deadline, 0 for no limit}
  private long left() {
    return deadline == RequestThread.NEVER ? 0 : Math.max(1, deadline - System.nanoTime());
  }

  private ResponseHeader receive() throws ProxyException {
    HeadReader heads = HeadReader.forResponses(LIMITS);
    for (int interim = 0; interim <= MAX_INTERIM; interim++) {
      ResponseHeader response = head(heads);
      if (response.status() >= 200) {
        return response;
      }
    }
    throw ProxyException.upstream(
        ErrorKind.INVALID_HTTP_HEADER, "more than %s interim responses to CONNECT", MAX_INTERIM);
  }

  private ResponseHeader head(HeadReader heads) throws ProxyException {
    byte[] head = heads.read(connection.input());
    while (head == null) {
      if (!connection.read(thread, deadline)) {
        throw ProxyException.upstream(
            ErrorKind.CONNECTION_CLOSED, "the proxy closed before it answered CONNECT");
      }
      head = heads.read(connection.input());
    }
    return heads.parseResponse(head);
  }
}

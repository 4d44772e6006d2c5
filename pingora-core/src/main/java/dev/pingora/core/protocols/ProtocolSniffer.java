// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.protocols;

import dev.pingora.core.apps.HttpServerApp;
import dev.pingora.core.server.ShutdownWatch;
import dev.pingora.error.ProxyException;
import dev.pingora.http1.H2Preface;
import dev.pingora.runtime.Connection;
import dev.pingora.runtime.RequestThread;
import java.nio.ByteBuffer;

/// Finds out, by the first octets of a plain-text connection, whether the client speaks HTTP/2 by
/// prior knowledge (RFC 9113 §3.3) or HTTP/1, and starts the one or the other. Decides at the first
/// octet that differs from the preface, within the time a header section may take.
public final class ProtocolSniffer implements Runnable, RequestThread.Task {
  private final Connection connection;
  private final HttpServerApp app;
  private final Http1Options options;
  private final ShutdownWatch shutdown;

  public ProtocolSniffer(
      Connection connection, HttpServerApp app, Http1Options options, ShutdownWatch shutdown) {
    this.connection = connection;
    this.app = app;
    this.options = options;
    this.shutdown = shutdown;
  }

  /// Waits for the first bytes. On the event-loop thread.
  public void start() {
    connection.expireAt(connection.loop().deadlineIn(options.idleNanos()));
    if (!connection.rest(this)) {
      run();
    }
  }

  @Override
  public void run() {
    if (!connection.isClosed()) {
      connection.loop().spawn(this);
    }
  }

  @Override
  public void run(RequestThread thread) {
    connection.attach(thread);
    connection.unexpire();
    ByteBuffer before = ByteBuffer.allocate(H2Preface.LENGTH);
    Http1Server http1 = new Http1Server(connection, app, options, shutdown);
    H2Preface.Match match;
    try {
      match = match(thread, before);
    } catch (ProxyException e) {
      http1.refuseUnread(thread, e);
      return;
    }
    switch (match) {
      case YES ->
          new Http2Server(connection, thread, app, options, shutdown, null).run(before.flip());
      case NO, NEED_MORE -> http1.run(thread, before.flip());
    }
  }

  /// Collects octets as long as they may be the preface.
  private H2Preface.Match match(RequestThread thread, ByteBuffer before) throws ProxyException {
    long deadline = connection.loop().deadlineIn(options.headerNanos());
    while (connection.read(thread, deadline, Http1Server.LINGER_NANOS)) {
      ByteBuffer input = connection.input();
      while (input.hasRemaining() && before.hasRemaining()) {
        before.put(input.get());
        H2Preface.Match match = H2Preface.matches(before.duplicate().flip());
        if (match != H2Preface.Match.NEED_MORE) {
          return match;
        }
      }
    }
    return H2Preface.Match.NO;
  }
}

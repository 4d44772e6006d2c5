// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.services;

import dev.pingora.core.apps.HttpServerApp;
import dev.pingora.core.listeners.ConnectionApp;
import dev.pingora.core.protocols.Http1Options;
import dev.pingora.core.protocols.Http1Server;
import dev.pingora.core.protocols.Http2Server;
import dev.pingora.core.protocols.ProtocolSniffer;
import dev.pingora.core.server.Limits;
import dev.pingora.core.server.ServerRuntime;
import dev.pingora.core.tls.SslDigest;
import dev.pingora.core.tls.TlsSettings;
import dev.pingora.runtime.Connection;
import dev.pingora.runtime.RequestThread;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Serves HTTP on accepted connections.
final class HttpService implements ConnectionApp {
  private final HttpServerApp app;
  private final Map<Limits, Http1Options> options = new ConcurrentHashMap<>();

  HttpService(HttpServerApp app) {
    this.app = app;
  }

  @Override
  public void start(ServerRuntime runtime) throws Exception {
    app.start(runtime);
  }

  @Override
  public void accepted(Connection connection, Settings settings) {
    Http1Options http1 = options.computeIfAbsent(settings.limits(), Http1Options::from);
    if (settings.h2c()) {
      new ProtocolSniffer(connection, app, http1, settings.shutdown()).start();
    } else {
      new Http1Server(connection, app, http1, settings.shutdown()).start();
    }
  }

  /// ALPN has decided on the protocol (RFC 9113 §3.2); without it, HTTP/1.1.
  @Override
  public void secured(
      Connection connection, RequestThread thread, SslDigest digest, Settings settings) {
    Http1Options http1 = options.computeIfAbsent(settings.limits(), Http1Options::from);
    if (TlsSettings.H2.equals(digest.alpn())) {
      Http2Server.serve(connection, thread, app, http1, settings.shutdown(), digest);
    } else {
      new Http1Server(connection, app, http1, settings.shutdown(), digest).run(thread);
    }
  }

  @Override
  public void handshakeRefused(Connection connection) {
    app.onHandshakeRefused(connection);
  }

  @Override
  public void cleanup() {
    app.cleanup();
  }
}

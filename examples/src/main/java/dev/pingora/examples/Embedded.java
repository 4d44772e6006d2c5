// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.examples;

import dev.pingora.core.server.Server;
import dev.pingora.core.server.ServerConf;
import dev.pingora.core.server.Shutdown;
import dev.pingora.core.services.HttpServerService;
import dev.pingora.core.services.ListeningService;
import dev.pingora.error.ProxyException;
import java.net.InetSocketAddress;

/// A server inside another program: on a free port, started and stopped by calls, as many in one
/// process as you like. It ends no process, listens to no signal and shares nothing.
final class Embedded implements AutoCloseable {
  private final Server server;
  private final ListeningService service;

  /// Starts; requests are answered when this returns.
  ///
  /// @throws ProxyException when it cannot start
  Embedded(String text) throws ProxyException {
    server = Server.create(ServerConf.defaults().toBuilder().threads(1).build());
    service =
        server.addService(
            HttpServerService.of(
                    "embedded", (request, response) -> response.respond(200, "text/plain", text))
                .addTcp("127.0.0.1:0"));
    server.start();
  }

  int port() {
    return ((InetSocketAddress) service.addresses().getFirst()).getPort();
  }

  /// Returns when the last request has ended.
  @Override
  public void close() {
    server.shutdown(Shutdown.GRACEFUL);
    server.awaitEnd();
  }
}

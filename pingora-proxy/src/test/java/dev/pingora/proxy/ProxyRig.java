// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import dev.pingora.core.server.Limits;
import dev.pingora.core.server.Server;
import dev.pingora.core.server.ServerConf;
import dev.pingora.core.server.Shutdown;
import dev.pingora.core.services.ListeningService;
import dev.pingora.error.ProxyException;
import dev.pingora.testkit.ScriptedClient;
import dev.pingora.testkit.Wire;
import java.net.InetSocketAddress;

/// A server with one proxy on a free port of the loopback.
final class ProxyRig implements AutoCloseable {
  final Server server;
  final ListeningService service;

  private ProxyRig(Server server, ListeningService service) {
    this.server = server;
    this.service = service;
  }

  static ProxyRig start(Flavour flavour, ProxyHttp<?> proxy) throws ProxyException {
    return start(flavour, proxy, Limits.defaults());
  }

  static ProxyRig start(Flavour flavour, ProxyHttp<?> proxy, Limits limits) throws ProxyException {
    ServerConf conf =
        ServerConf.defaults().toBuilder()
            .threads(1)
            .workStealing(flavour == Flavour.STEALING)
            .build();
    Server server = Server.create(conf, limits);
    ListeningService service =
        server.addService(
            HttpProxyService.of(conf, proxy).limits(limits).h2c(true).addTcp("127.0.0.1:0"));
    server.start();
    return new ProxyRig(server, service);
  }

  int port() {
    return ((InetSocketAddress) service.addresses().getFirst()).getPort();
  }

  Wire connect() {
    return ScriptedClient.tcp(port());
  }

  /// {@return the status of the answer to one request on a connection of its own}
  int status(String request) {
    try (Wire client = connect()) {
      client.send(request);
      return client.readResponse().status();
    }
  }

  @Override
  public void close() {
    server.shutdown(Shutdown.FAST);
    server.awaitEnd();
  }

  /// Where request threads run.
  enum Flavour {
    BOUND,
    STEALING
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.server.Shutdown;
import dev.pingora.testkit.ScriptedClient;
import dev.pingora.testkit.Wire;
import dev.pingora.timeout.Ticker;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;

/// A gateway in this JVM, by a configuration whose listeners have port 0.
final class GatewayRig implements AutoCloseable {
  private final GatewayServer gateway;

  private GatewayRig(GatewayServer gateway) {
    this.gateway = gateway;
  }

  /// {@return a gateway that serves} The text is that of a configuration file.
  static GatewayRig start(String yaml) throws Exception {
    return start(yaml, Ticker.system());
  }

  /// {@return the same, in another time}
  static GatewayRig start(String yaml, Ticker ticker) throws Exception {
    GatewayConf conf = GatewayConf.parse(yaml, "test.yaml", Map.of());
    GatewayServer gateway = GatewayServer.of(conf, ticker);
    gateway.start();
    return new GatewayRig(gateway);
  }

  /// {@return a gateway with one TCP listener, h2c too, and these further blocks}
  static GatewayRig with(String blocks) throws Exception {
    return with(blocks, Ticker.system());
  }

  /// {@return the same, in another time}
  static GatewayRig with(String blocks, Ticker ticker) throws Exception {
    String listener =
        """
        threads: 1
        listeners:
          - address: 127.0.0.1:0
            protocols: [http/1.1, h2c]
        """;
    return start(listener + blocks, ticker);
  }

  GatewayServer gateway() {
    return gateway;
  }

  /// {@return how many requests each route has refused for their rate; 0 without a bound}
  List<Long> rateLimited() {
    return gateway.routes().stream()
        .map(Route::rateLimit)
        .map(limit -> limit == null ? 0L : limit.refused())
        .toList();
  }

  int port() {
    return port(0);
  }

  int port(int listener) {
    return ((InetSocketAddress) gateway.addresses().get(listener)).getPort();
  }

  String url(String target) {
    return "http://127.0.0.1:" + port() + target;
  }

  Wire connect() {
    return ScriptedClient.tcp(port());
  }

  /// Stops at once: what tests leave open is not waited for.
  @Override
  public void close() {
    gateway.server().shutdown(Shutdown.FAST);
    gateway.close();
  }
}

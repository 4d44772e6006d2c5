// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.ConfigurationException;
import dev.pingora.core.server.Server;
import dev.pingora.core.server.ServerConf;
import dev.pingora.core.server.Shutdown;
import dev.pingora.core.services.Addresses;
import dev.pingora.core.services.ListeningService;
import dev.pingora.error.ProxyException;
import java.util.Map;

/// Something to try without a configuration: two origins on free ports, and a gateway that is ready
/// to run in front of them.
final class Demo implements AutoCloseable {
  private final Server origins;
  private final GatewayServer gateway;
  private final String configuration;

  private Demo(Server origins, GatewayServer gateway, String configuration) {
    this.origins = origins;
    this.gateway = gateway;
    this.configuration = configuration;
  }

  /// Starts the origins.
  ///
  /// @param address where the gateway will listen
  static Demo open(String address) throws ProxyException, ConfigurationException {
    Server origins = Server.create(ServerConf.defaults().toBuilder().threads(1).build());
    ListeningService a = origins.addService(DemoOrigin.service("a"));
    ListeningService b = origins.addService(DemoOrigin.service("b"));
    origins.start();
    String text = configuration(address, address(a), address(b));
    return new Demo(origins, GatewayServer.of(GatewayConf.parse(text, "demo", Map.of())), text);
  }

  private static String address(ListeningService service) {
    return Addresses.text(service.addresses().getFirst());
  }

  static String configuration(String address, String first, String second) {
    return """
    listeners:
      - address: %s
    upstreams:
      demo: { servers: ["%s", "%s"] }
    routes:
      - match: { path: "/" }
        upstream: demo
        response_headers: { set: { Server: pingora } }
      - match: { path: "/hello" }
        respond: { status: 200, body: "hello from the gateway itself\\n" }
    access_log: { path: "-" }
    """
        .formatted(address, first, second);
  }

  GatewayServer gateway() {
    return gateway;
  }

  /// {@return what to try, once the gateway runs}
  String greeting() {
    String address = Addresses.text(gateway.addresses().getFirst());
    return """
    pingora demo: a gateway on http://%1$s in front of two origins. Try:

      curl -i http://%1$s/            # twice: the origins answer in turn
      curl -i http://%1$s/hello       # answered by the gateway
      curl -i -H 'Content-Length: +1' http://%1$s/    # refused: never forwarded

    Its configuration, for your own file (run it with -c FILE):

    %2$s
    """
        .formatted(address, configuration.indent(2).stripTrailing());
  }

  /// Stops the gateway, then the origins.
  @Override
  public void close() {
    gateway.close();
    origins.shutdown(Shutdown.FAST);
    origins.awaitEnd();
  }
}

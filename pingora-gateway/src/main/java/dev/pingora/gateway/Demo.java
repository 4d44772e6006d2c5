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
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;

/// Something to try without a configuration: two origins on free ports, and a gateway that is ready
/// to run in front of them.
final class Demo implements AutoCloseable {
  private final Server origins;
  private final GatewayServer gateway;
  private final String configuration;

  private final SelfSignedFiles certificate;

  private Demo(
      Server origins, GatewayServer gateway, String configuration, SelfSignedFiles certificate) {
    this.origins = origins;
    this.gateway = gateway;
    this.configuration = configuration;
    this.certificate = certificate;
  }

  /// Starts the origins.
  ///
  /// @param address where the gateway will listen
  /// @param secure where it will listen with TLS
  static Demo open(String address, String secure)
      throws ProxyException, ConfigurationException, IOException {
    Server origins = Server.create(ServerConf.defaults().toBuilder().threads(1).build());
    ListeningService a = origins.addService(DemoOrigin.service("a"));
    ListeningService b = origins.addService(DemoOrigin.service("b"));
    origins.start();
    SelfSignedFiles own = SelfSignedFiles.write(Files.createTempDirectory("pingora-demo"));
    String cert = own.certificate().toString();
    String key = own.privateKey().toString();
    String text = configuration(address, secure, cert, key, address(a), address(b));
    GatewayServer gateway = GatewayServer.of(GatewayConf.parse(text, "demo", Map.of()));
    String shown = configuration(address, secure, "cert.pem", "key.pem", address(a), address(b));
    return new Demo(origins, gateway, shown, own);
  }

  private static String address(ListeningService service) {
    return Addresses.text(service.addresses().getFirst());
  }

  static String configuration(
      String address, String secure, String cert, String key, String first, String second) {
    return """
    listeners:
      - address: %s
      - address: %s
        tls: { certificates: [{ cert: "%s", key: "%s" }] }
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
        .formatted(address, secure, cert, key, first, second);
  }

  GatewayServer gateway() {
    return gateway;
  }

  /// {@return what to try, once the gateway runs}
  String greeting() {
    String address = Addresses.text(gateway.addresses().getFirst());
    String secure = Addresses.text(gateway.addresses().getLast());
    return """
    pingora demo: a gateway on http://%1$s and https://%3$s in front of two origins. Try:

      curl -i http://%1$s/            # twice: the origins answer in turn
      curl -i http://%1$s/hello       # answered by the gateway
      curl -i -H 'Content-Length: +1' http://%1$s/    # refused: never forwarded
      curl -ik https://%3$s/          # HTTP/2 and TLS, with a certificate made for this demo

    Its configuration, for your own file (run it with -c FILE):

    %2$s
    """
        .formatted(address, configuration.indent(2).stripTrailing(), secure);
  }

  /// Stops the gateway, then the origins.
  @Override
  public void close() {
    gateway.close();
    origins.shutdown(Shutdown.FAST);
    origins.awaitEnd();
    certificate.delete();
  }
}

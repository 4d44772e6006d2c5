// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.ConfigurationException;
import dev.pingora.core.server.ExecutionPhase;
import dev.pingora.core.server.LogConf;
import dev.pingora.core.server.Server;
import dev.pingora.core.server.ServerConf;
import dev.pingora.core.server.Shutdown;
import dev.pingora.core.services.Addresses;
import dev.pingora.core.services.ListeningService;
import dev.pingora.error.ProxyException;
import java.io.PrintStream;
import java.util.Map;

/// Runs a gateway as a process: prints what it does, and stops when the process is asked to.
final class Gateway {
  private static final String DEMO_ADDRESS = "127.0.0.1:6188";

  private Gateway() {}

  /// Runs until a signal.
  ///
  /// @throws ProxyException when it cannot start; the text names the place
  static void run(GatewayConf conf) throws ProxyException {
    Logging.configure(conf.server().log());
    try (GatewayServer gateway = GatewayServer.of(conf)) {
      StopOnSignal.install(gateway.server());
      gateway.run();
    }
  }

  /// Runs two origins and a gateway in front of them, until a signal.
  static void demo() throws ProxyException, ConfigurationException {
    demo(System.out);
  }

  private static void demo(PrintStream out) throws ProxyException, ConfigurationException {
    Logging.configure(LogConf.builder().level(System.Logger.Level.WARNING).build());
    ListeningService a = DemoOrigin.service("a");
    ListeningService b = DemoOrigin.service("b");
    Server origins = Server.create(ServerConf.defaults().toBuilder().threads(1).build());
    origins.addService(a);
    origins.addService(b);
    origins.start();
    String text = configuration(address(a), address(b));
    try (GatewayServer gateway = GatewayServer.of(GatewayConf.parse(text, "demo", Map.of()))) {
      StopOnSignal.install(gateway.server());
      gateway
          .server()
          .watchExecutionPhase(phase -> {
            if (phase == ExecutionPhase.RUNNING) {
              greet(out, text);
            }
          });
      gateway.run();
    } finally {
      origins.shutdown(Shutdown.FAST);
      origins.awaitEnd();
    }
  }

  private static String address(ListeningService service) {
    return Addresses.text(service.addresses().getFirst());
  }

  static String configuration(String first, String second) {
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
        .formatted(DEMO_ADDRESS, first, second);
  }

  private static void greet(PrintStream out, String configuration) {
    out.print(
        """
        pingora demo: a gateway on http://%s in front of two origins. Try:

          curl -i http://%s/            # twice: the origins answer in turn
          curl -i http://%s/hello       # answered by the gateway
          curl -i -H 'Content-Length: +1' http://%s/    # refused: never forwarded

        Its configuration, for your own file (run it with -c FILE):

        %s
        """
            .formatted(
                DEMO_ADDRESS,
                DEMO_ADDRESS,
                DEMO_ADDRESS,
                DEMO_ADDRESS,
                configuration.indent(2).stripTrailing()));
    out.flush();
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.ConfigurationException;
import dev.pingora.core.server.ExecutionPhase;
import dev.pingora.core.server.LogConf;
import dev.pingora.core.server.Server;
import dev.pingora.error.ProxyException;
import java.io.IOException;
import java.io.PrintStream;

/// Runs a gateway as a process: prints what it does, and stops when the process is asked to.
final class Gateway {
  private static final String DEMO_ADDRESS = "127.0.0.1:6188";
  private static final String DEMO_SECURE_ADDRESS = "127.0.0.1:6443";

  private Gateway() {}

  /// Runs until a signal.
  ///
  /// @throws ProxyException when it cannot start; the text names the place
  static void run(GatewayConf conf) throws ProxyException {
    Logging.configure(conf.server().log());
    try (GatewayServer gateway = GatewayServer.of(conf)) {
      StopOnSignal.install(gateway);
      gateway.run();
    }
  }

  /// Runs two origins and a gateway in front of them, until a signal.
  static void demo() throws ProxyException, ConfigurationException, IOException {
    demo(System.out);
  }

  private static void demo(PrintStream out)
      throws ProxyException, ConfigurationException, IOException {
    Logging.configure(LogConf.builder().level(System.Logger.Level.WARNING).build());
    try (Demo demo = Demo.open(DEMO_ADDRESS, DEMO_SECURE_ADDRESS)) {
      Server server = demo.gateway().server();
      StopOnSignal.install(demo.gateway());
      server.watchExecutionPhase(phase -> {
        if (phase == ExecutionPhase.RUNNING) {
          out.print(demo.greeting());
          out.flush();
        }
      });
      demo.gateway().run();
    }
  }
}

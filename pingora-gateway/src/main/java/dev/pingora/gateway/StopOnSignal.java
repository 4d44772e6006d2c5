// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.server.Server;
import dev.pingora.core.server.Shutdown;

/// Stops a server gracefully when the process is asked to end (SIGTERM, SIGINT): the JVM's shutdown
/// waits until the last request has ended, or the grace period has.
final class StopOnSignal {
  private StopOnSignal() {}

  static void install(Server server) {
    Thread hook =
        Thread.ofPlatform()
            .name("pingora-stop")
            .unstarted(() -> {
              server.shutdown(Shutdown.GRACEFUL);
              server.awaitEnd();
            });
    Runtime.getRuntime().addShutdownHook(hook);
  }
}

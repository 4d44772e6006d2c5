// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import dev.pingora.core.connectors.Resolver;
import dev.pingora.core.server.Limits;
import dev.pingora.core.server.Server;
import dev.pingora.core.server.ServerConf;
import dev.pingora.core.server.Shutdown;
import dev.pingora.core.services.BackgroundService;
import dev.pingora.error.ProxyException;
import org.jspecify.annotations.Nullable;

/// A server that runs a balancer in the background.
final class ServerRig implements AutoCloseable {
  private final Server server;

  private ServerRig(Server server) {
    this.server = server;
  }

  static ServerRig start(LoadBalancer<?> balancer) throws ProxyException {
    return start(balancer, null);
  }

  static ServerRig start(LoadBalancer<?> balancer, @Nullable Resolver resolver)
      throws ProxyException {
    Server server =
        Server.create(ServerConf.defaults().toBuilder().threads(1).build(), Limits.defaults());
    if (resolver != null) {
      server.resolver(resolver);
    }
    server.addService(BackgroundService.of("health", balancer));
    server.start();
    return new ServerRig(server);
  }

  /// Ends gracefully: what runs in the background must heed it.
  @Override
  public void close() {
    server.shutdown(Shutdown.GRACEFUL);
    server.awaitEnd();
  }
}

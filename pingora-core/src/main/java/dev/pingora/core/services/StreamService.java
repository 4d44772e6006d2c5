// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.services;

import dev.pingora.core.apps.ServerApp;
import dev.pingora.core.apps.Stream;
import dev.pingora.core.listeners.ConnectionApp;
import dev.pingora.error.ProxyException;
import dev.pingora.runtime.Connection;

/// Runs a [ServerApp] on accepted connections, one request thread each.
final class StreamService implements ConnectionApp {
  private static final System.Logger LOG = System.getLogger("dev.pingora.core");

  private final ServerApp app;

  StreamService(ServerApp app) {
    this.app = app;
  }

  @Override
  public void accepted(Connection connection, Settings settings) {
    connection
        .loop()
        .spawn(thread -> {
          connection.attach(thread);
          thread.phase("serverApp");
          try {
            app.process(new Stream(connection, thread, settings.limits()), settings.shutdown());
          } catch (ProxyException e) {
            LOG.log(System.Logger.Level.DEBUG, "{0} ended: {1}", connection, e.getMessage());
          } catch (Exception e) {
            LOG.log(System.Logger.Level.ERROR, "the app failed on " + connection, e);
          } finally {
            connection.close();
          }
        });
  }

  @Override
  public void cleanup() {
    app.cleanup();
  }
}

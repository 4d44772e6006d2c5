// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.services;

import dev.pingora.core.apps.ServerApp;
import dev.pingora.core.apps.Stream;
import dev.pingora.core.listeners.ConnectionApp;
import dev.pingora.core.tls.SslDigest;
import dev.pingora.error.ProxyException;
import dev.pingora.runtime.Connection;
import dev.pingora.runtime.RequestThread;

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
          process(new Stream(connection, thread, settings.limits(), null), thread, settings);
          connection.close();
        });
  }

  @Override
  public void secured(
      Connection connection, RequestThread thread, SslDigest digest, Settings settings) {
    process(new Stream(connection, thread, settings.limits(), digest), thread, settings);
    connection.close();
  }

  private void process(Stream stream, RequestThread thread, Settings settings) {
    thread.phase("serverApp");
    try {
      app.process(stream, settings.shutdown());
    } catch (ProxyException e) {
      LOG.log(System.Logger.Level.DEBUG, "a connection ended: {0}", e.getMessage());
    } catch (Throwable e) { // the root of the connection: whatever it was, the connection closes
      LOG.log(System.Logger.Level.ERROR, "the app failed", e);
    }
  }

  @Override
  public void cleanup() {
    app.cleanup();
  }
}

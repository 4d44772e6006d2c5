// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import static java.util.Objects.requireNonNull;

import dev.pingora.core.apps.HttpServerApp;
import dev.pingora.core.connectors.HttpConnector;
import dev.pingora.core.protocols.Digest;
import dev.pingora.core.protocols.DownstreamSession;
import dev.pingora.core.server.ServerRuntime;
import dev.pingora.error.ProxyException;
import dev.pingora.runtime.Connection;
import org.jspecify.annotations.Nullable;

/// Runs the phases of a [ProxyHttp] for every request of a service. Thread-safe.
///
/// @param <C> the proxy's context
public final class HttpProxy<C> implements HttpServerApp {
  private static final System.Logger LOG = System.getLogger("dev.pingora.proxy");

  private final Phases<C> phases;
  private final int maxRetries;
  private final @Nullable Metrics metrics;
  private volatile @Nullable HttpConnector connector;

  HttpProxy(ProxyHttp<C> proxy, int maxRetries, @Nullable Metrics metrics) {
    this.phases = Phases.of(requireNonNull(proxy, "proxy"));
    this.maxRetries = maxRetries;
    this.metrics = metrics;
  }

  @Override
  public void start(ServerRuntime runtime) {
    connector = runtime.connector();
  }

  @Override
  public void process(DownstreamSession downstream) throws Exception {
    new Exchange<>(this, downstream).run();
  }

  @Override
  public void onRefused(Digest connection, int status, ProxyException why) {
    Refusals<C> role = phases.refusals();
    if (role == null) {
      return;
    }
    try {
      role.refused(connection, status, why);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "refused threw", e);
    }
  }

  @Override
  public void onHandshakeRefused(Connection connection) {
    Metrics hears = metrics;
    if (hears != null) {
      hears.handshakeRefused(connection.remoteAddress());
    }
  }

  Phases<C> phases() {
    return phases;
  }

  int maxRetries() {
    return maxRetries;
  }

  @Nullable Metrics metrics() {
    return metrics;
  }

  HttpConnector connector() {
    HttpConnector own = connector;
    if (own == null) {
      throw new IllegalStateException("the proxy's service was not started");
    }
    return own;
  }
}

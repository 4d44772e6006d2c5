// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import static java.util.Objects.requireNonNull;

import dev.pingora.core.apps.HttpServerApp;
import dev.pingora.core.connectors.HttpConnector;
import dev.pingora.core.protocols.DownstreamSession;
import dev.pingora.core.protocols.ErrorResponse;
import dev.pingora.core.server.ServerRuntime;
import org.jspecify.annotations.Nullable;

/// Runs the phases of a [ProxyHttp] for every request of a service. Thread-safe.
///
/// @param <C> the proxy's context
public final class HttpProxy<C> implements HttpServerApp {
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
    if (downstream.request().method().equals("CONNECT")) {
      downstream.closeAfterResponse();
      downstream.sendResponse(ErrorResponse.of(405), true);
      return;
    }
    new Exchange<>(this, downstream).run();
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

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.server;

import dev.pingora.core.connectors.ConnectorOptions;
import dev.pingora.core.connectors.HttpConnector;
import dev.pingora.core.connectors.Resolver;
import dev.pingora.core.connectors.UpstreamPools;
import dev.pingora.runtime.LoopGroup;
import dev.pingora.tls.TlsProviders;

/// What the services of one running server share: its loops, the pools on them, the bound on
/// connections, and the news of the shutdown. Thread-safe.
public final class ServerRuntime {
  private final ServerConf configuration;
  private final LoopGroup loops;
  private final UpstreamPools pools;
  private final HttpConnector connector;
  private final Resolver resolver;
  private final ConnectionLimit connectionLimit;
  private final ShutdownWatch shutdownWatch;
  private final TlsProviders tlsProviders = TlsProviders.installed();

  ServerRuntime(
      ServerConf configuration,
      LoopGroup loops,
      Resolver resolver,
      ConnectionLimit connectionLimit,
      ShutdownWatch shutdownWatch) {
    this.configuration = configuration;
    this.loops = loops;
    this.pools = new UpstreamPools(loops, configuration.upstreamKeepalivePoolSize());
    this.connector =
        new HttpConnector(pools, ConnectorOptions.from(configuration, resolver), tlsProviders);
    this.resolver = resolver;
    this.connectionLimit = connectionLimit;
    this.shutdownWatch = shutdownWatch;
  }

  public ServerConf configuration() {
    return configuration;
  }

  public LoopGroup loops() {
    return loops;
  }

  /// {@return the idle upstream connections of this server}
  public UpstreamPools pools() {
    return pools;
  }

  /// {@return what makes connections to upstreams}
  public HttpConnector connector() {
    return connector;
  }

  /// {@return what looks up the names of upstreams}
  public Resolver resolver() {
    return resolver;
  }

  public ConnectionLimit connectionLimit() {
    return connectionLimit;
  }

  public ShutdownWatch shutdownWatch() {
    return shutdownWatch;
  }

  /// {@return the TLS libraries of this process}
  public TlsProviders tlsProviders() {
    return tlsProviders;
  }
}

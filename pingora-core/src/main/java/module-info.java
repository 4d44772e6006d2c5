// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

import org.jspecify.annotations.NullMarked;

/// Server, services, listeners, connectors, peers, sessions, configuration.
@NullMarked
module dev.pingora.core {
  exports dev.pingora.core.apps;
  exports dev.pingora.core.configuration;
  exports dev.pingora.core.connectors;
  exports dev.pingora.core.listeners;
  exports dev.pingora.core.protocols;
  exports dev.pingora.core.server;
  exports dev.pingora.core.services;
  exports dev.pingora.core.tls;
  exports dev.pingora.core.upstreams;

  requires static org.jspecify;
  requires transitive dev.pingora.runtime;
  requires transitive dev.pingora.http;
  requires transitive dev.pingora.tls;
  requires dev.pingora.pool;
  requires dev.pingora.http1;
  requires dev.pingora.http2;
  requires dev.pingora.limits;
  requires transitive info.picocli;
  requires org.snakeyaml.engine;
  requires java.naming;
}

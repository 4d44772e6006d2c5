// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.listeners;

import dev.pingora.core.server.Limits;
import dev.pingora.core.server.ServerRuntime;
import dev.pingora.core.server.ShutdownWatch;
import dev.pingora.core.tls.SslDigest;
import dev.pingora.runtime.Connection;
import dev.pingora.runtime.RequestThread;

/// What a listening service does with its connections: HTTP, or plain bytes.
public interface ConnectionApp {
  /// The service begins; called once, before the first connection.
  default void start(ServerRuntime runtime) throws Exception {}

  /// Takes an accepted connection over. On its event-loop thread; must not block.
  void accepted(Connection connection, Settings settings);

  /// Takes a connection over whose TLS handshake is complete. On the request thread that owns it,
  /// which may be kept.
  void secured(Connection connection, RequestThread thread, SslDigest digest, Settings settings);

  /// A connection is closed without a handshake, because too many began. On a thread of its loop;
  /// must not block.
  default void handshakeRefused(Connection connection) {}

  /// The service has ended; called once.
  default void cleanup() {}

  /// What a listener's connections have in common.
  record Settings(Limits limits, boolean h2c, ShutdownWatch shutdown) {}
}

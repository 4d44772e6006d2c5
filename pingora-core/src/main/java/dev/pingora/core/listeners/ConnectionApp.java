// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.listeners;

import dev.pingora.core.server.Limits;
import dev.pingora.core.server.ServerRuntime;
import dev.pingora.core.server.ShutdownWatch;
import dev.pingora.runtime.Connection;

/// What a listening service does with its connections: HTTP, or plain bytes.
public interface ConnectionApp {
  /// The service begins; called once, before the first connection.
  default void start(ServerRuntime runtime) throws Exception {}

  /// Takes an accepted connection over. On its event-loop thread; must not block.
  void accepted(Connection connection, Settings settings);

  /// The service has ended; called once.
  default void cleanup() {}

  /// What a listener's connections have in common.
  record Settings(Limits limits, boolean h2c, ShutdownWatch shutdown) {}
}

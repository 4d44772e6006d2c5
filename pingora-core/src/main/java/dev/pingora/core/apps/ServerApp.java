// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.apps;

import dev.pingora.core.server.ShutdownWatch;

/// What a service without HTTP does with each connection.
@FunctionalInterface
public interface ServerApp {
  /// Serves one connection, on its request thread; may block in the stream. The connection closes
  /// when it returns.
  void process(Stream stream, ShutdownWatch shutdown) throws Exception;

  /// The service has ended; called once.
  default void cleanup() {}
}

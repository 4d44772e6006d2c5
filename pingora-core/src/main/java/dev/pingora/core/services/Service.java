// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.services;

import dev.pingora.core.server.ServerRuntime;

/// Something that a server runs: listeners with an app, or a task in the background.
public interface Service {
  /// {@return the name, for logs and threads}
  String name();

  /// Starts, and returns when the service is ready. Called once, on the thread that runs the
  /// server.
  ///
  /// @throws Exception ends the server before it begins
  void start(ServerRuntime runtime) throws Exception;

  /// The shutdown has begun: takes no new work. Must not block.
  default void stopAccepting() {}

  /// {@return pieces of work under way that a graceful shutdown waits for}
  default int inFlight() {
    return 0;
  }

  /// The service has ended, or its grace period has; called once.
  default void cleanup() {}
}

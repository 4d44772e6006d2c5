// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.upstreams;

/// Is told of the connections to a peer. Must be thread-safe and must not block.
public interface Tracer {
  /// A connection stands. On the request thread that asked for it.
  void onConnected();

  /// A connection has closed, whoever closed it; once for each [#onConnected]. On the event-loop
  /// thread.
  void onDisconnected();
}

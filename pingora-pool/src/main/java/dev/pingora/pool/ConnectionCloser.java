// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.pool;

/// Closes the connections that a pool gives up.
///
/// @param <C> the connections
@FunctionalInterface
public interface ConnectionCloser<C> {
  /// Closes a connection that is no longer in the pool. Called by whoever caused it: the thread in
  /// [IdlePool#put], or the timer. Must neither block nor throw; may call the pool.
  void close(C connection, CloseReason reason);
}

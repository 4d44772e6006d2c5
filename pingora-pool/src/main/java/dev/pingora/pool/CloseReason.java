// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.pool;

/// Why the pool gave up a connection.
public enum CloseReason {
  /// The [budget][PoolBudget] is used up, and this one had been idle for the longest time.
  EVICTED,

  /// It had been idle for its whole idle timeout.
  EXPIRED,

  /// The pool is closed.
  SHUT_DOWN
}

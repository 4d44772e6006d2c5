// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.server;

/// How a server is asked to stop.
public enum Shutdown {
  /// Stop accepting, finish what is in flight, then stop; at the latest after the grace period.
  GRACEFUL,
  /// Stop at once.
  FAST
}

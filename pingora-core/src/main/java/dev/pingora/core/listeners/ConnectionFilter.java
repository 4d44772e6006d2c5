// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.listeners;

import java.net.SocketAddress;

/// Decides, right after accept and before anything is read, whether a connection is served. A
/// refused one is closed without a word. Called on event-loop threads of all loops; must not block.
@FunctionalInterface
public interface ConnectionFilter {
  /// {@return whether to serve it}
  boolean accepts(SocketAddress peer);

  /// A connection that was accepted has closed.
  default void closed(SocketAddress peer) {}
}

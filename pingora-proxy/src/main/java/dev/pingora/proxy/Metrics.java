// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import dev.pingora.core.upstreams.HttpPeer;
import dev.pingora.error.ProxyException;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// Hears what a proxy does; absent, it costs nothing. Called on request threads of all loops: must
/// be thread-safe and must not block.
public interface Metrics {
  /// A connection is closed without a TLS handshake, because its listener began too many.
  default void handshakeRefused(SocketAddress client) {}

  /// A request has been read.
  default void requestStarted(Session session) {}

  /// A request has ended, after its logging phase.
  ///
  /// @param status sent to the client, 0 when none was
  /// @param nanos since the request was read
  /// @param octetsIn content received from the client
  /// @param octetsOut content sent to the client
  default void requestEnded(
      Session session,
      int status,
      long nanos,
      long octetsIn,
      long octetsOut,
      @Nullable ProxyException error) {}

  /// One phase of a request has returned or thrown.
  ///
  /// @param phase the method's name, a constant
  default void phase(String phase, long nanos) {}

  /// An attempt got a connection from the pool.
  default void poolHit(HttpPeer peer) {}

  /// An attempt had to connect.
  default void poolMiss(HttpPeer peer) {}

  /// A failed attempt is followed by another.
  default void retried(HttpPeer peer, ProxyException error) {}
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.apps;

import dev.pingora.core.protocols.Digest;
import dev.pingora.core.protocols.DownstreamSession;
import dev.pingora.core.server.ServerRuntime;
import dev.pingora.error.ProxyException;
import dev.pingora.runtime.Connection;

/// What answers HTTP requests on a listener, whatever the protocol version.
public interface HttpServerApp {
  /// The service begins; called once, before the first connection.
  default void start(ServerRuntime runtime) throws Exception {}

  /// Serves one request, on its request thread. When it returns, the response must have been
  /// written to its end; else the client sees it broken off.
  ///
  /// @throws Exception ends the connection (HTTP/1) or the stream (HTTP/2)
  void process(DownstreamSession session) throws Exception;

  /// Something came that is no request; `status` is answered, and the connection closes. No session
  /// exists. Must not block.
  default void onRefused(Digest connection, int status, ProxyException why) {}

  /// A connection is closed without a TLS handshake, because too many began. On a thread of its
  /// loop; must not block.
  default void onHandshakeRefused(Connection connection) {}

  /// A connection goes to rest between two requests. Must not block.
  default void onIdle(Connection connection) {}

  /// The service has ended; called once.
  default void cleanup() {}
}

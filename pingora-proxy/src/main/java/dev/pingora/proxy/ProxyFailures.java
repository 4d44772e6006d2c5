// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import dev.pingora.core.upstreams.HttpPeer;
import dev.pingora.error.ProxyException;

/// Decides about failures: what is retried, what the client is told, what is logged.
public interface ProxyFailures<C> extends ProxyHttp<C> {
  /// No connection to the peer. Return the error with [dev.pingora.error.Retry#ALWAYS] to try
  /// again: `upstreamPeer` is asked for another peer.
  default ProxyException failToConnect(
      Session session, HttpPeer peer, C context, ProxyException error) {
    return error;
  }

  /// Something failed after the connection was there.
  ///
  /// @param reused the connection had served requests before
  /// @return the error, with a retry decision
  default ProxyException errorWhileProxy(
      HttpPeer peer, Session session, ProxyException error, C context, boolean reused) {
    return error;
  }

  /// The request has failed for good: answers the client, if an answer has not begun. The default
  /// answers with the status that fits.
  ///
  /// @return the status for the log, 0 for none
  default int failToProxy(Session session, ProxyException error, C context) throws Exception {
    return session.respondError(error);
  }

  /// {@return whether the error's log line is left out}
  default boolean suppressErrorLog(Session session, C context, ProxyException error) {
    return false;
  }
}

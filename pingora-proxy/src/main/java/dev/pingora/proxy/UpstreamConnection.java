// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import dev.pingora.core.protocols.Digest;
import dev.pingora.core.upstreams.HttpPeer;

/// Learns which connection an attempt got.
public interface UpstreamConnection<C> extends ProxyHttp<C> {
  /// The attempt has a connection; the request was not sent yet. Throwing fails the attempt.
  void connectedToUpstream(Session session, boolean reused, HttpPeer peer, Digest digest, C context)
      throws Exception;
}

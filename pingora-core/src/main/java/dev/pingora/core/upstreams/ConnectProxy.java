// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.upstreams;

import java.net.SocketAddress;
import java.util.List;
import java.util.Map;

/// An HTTP proxy on the way to a peer, asked by CONNECT (RFC 9110 §9.3.6).
///
/// @param nextHop the proxy: TCP or Unix
/// @param host the peer's name as the proxy is told
/// @param port the peer's port as the proxy is told
/// @param headers sent with CONNECT; connections with different ones are never shared
public record ConnectProxy(
    SocketAddress nextHop, String host, int port, List<Map.Entry<String, String>> headers) {
  public ConnectProxy {
    headers = List.copyOf(headers);
  }
}

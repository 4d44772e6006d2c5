// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.upstreams;

import static java.util.Objects.requireNonNull;

import dev.pingora.http.RequestHeader;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;

/// An HTTP proxy on the way to a peer, asked by CONNECT (RFC 9110 §9.3.6).
///
/// @param nextHop the proxy: TCP, also by name, or Unix
/// @param host the peer's name or address as the proxy is told
/// @param port the peer's port as the proxy is told
/// @param headers sent with CONNECT; connections with different ones are never shared
public record ConnectProxy(
    SocketAddress nextHop, String host, int port, List<Map.Entry<String, String>> headers) {
  /// Most header fields with a CONNECT, and most characters of all of them.
  private static final int MAX_HEADERS = 64;

  private static final int MAX_CHARACTERS = 32 * 1024;

  /// Refuses what no request could carry.
  public ConnectProxy {
    requireNonNull(nextHop, "nextHop");
    headers = checked(headers);
    if (host.isEmpty() || !host.chars().allMatch(ConnectProxy::isOfHost)) {
      throw new IllegalArgumentException("host: \"" + host + "\" (expected: a name or an address)");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 1..65535)");
    }
  }

  private static boolean isOfHost(int c) {
    return (c >= '0' && c <= '9')
        || (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || "-._~:%".indexOf(c) >= 0;
  }

  /// {@return a copy of the fields}
  ///
  /// @throws IllegalArgumentException if there are too many, or one is malformed
  static List<Map.Entry<String, String>> checked(List<Map.Entry<String, String>> headers) {
    RequestHeader probe = RequestHeader.of("CONNECT", "a:1");
    int characters = 0;
    for (Map.Entry<String, String> field : headers) {
      probe.add(field.getKey(), field.getValue());
      characters += field.getKey().length() + field.getValue().length();
    }
    if (headers.size() > MAX_HEADERS || characters > MAX_CHARACTERS) {
      throw new IllegalArgumentException(
          "headers: "
              + headers.size()
              + " with "
              + characters
              + " characters (expected: at most "
              + MAX_HEADERS
              + " with "
              + MAX_CHARACTERS
              + ")");
    }
    return headers.stream().map(f -> Map.entry(f.getKey(), f.getValue())).toList();
  }

  /// {@return the target of the CONNECT: `host:port`, brackets around an IPv6 address}
  public String authority() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}

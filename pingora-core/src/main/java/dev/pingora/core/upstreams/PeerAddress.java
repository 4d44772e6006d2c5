// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.upstreams;

import dev.pingora.core.configuration.ListenAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/// Addresses of peers, from text. A name stays unresolved: it is looked up at each connect, by the
/// non-blocking resolver.
public final class PeerAddress {
  private PeerAddress() {}

  /// {@return the address of `ip:port`, `[ip6]:port`, `host:port` or `unix:/path`}
  ///
  /// @throws IllegalArgumentException with the text and the expected form
  public static SocketAddress parse(String text) {
    if (text.startsWith("unix:")) {
      return UnixDomainSocketAddress.of(text.substring("unix:".length()));
    }
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    return isLiteral(host)
        ? ListenAddress.tcp(text)
        : InetSocketAddress.createUnresolved(checkedHost(host, text), port(text, colon));
  }

  private static boolean isLiteral(String host) {
    return host.startsWith("[")
        || (!host.isEmpty() && host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9')));
  }

  private static String checkedHost(String host, String text) {
    if (host.isEmpty() || host.contains(":") || host.contains("/") || host.contains(" ")) {
      throw new IllegalArgumentException(message(text));
    }
    return host;
  }

  private static int port(String text, int colon) {
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      if (port >= 1 && port <= 65535) {
        return port;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(message(text), e);
    }
    throw new IllegalArgumentException(message(text));
  }

  private static String message(String text) {
    return "address: " + text + " (expected: 10.0.0.1:80, [::1]:80, host:80 or unix:/path)";
  }
}

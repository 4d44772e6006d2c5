// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;

/// Addresses to listen on, from text. Called at start-up only: a host name is looked up in place.
public final class ListenAddress {
  private ListenAddress() {}

  /// {@return the address of `unix:/path`, `ip:port`, `[ip6]:port` or `host:port`}
  ///
  /// @throws IllegalArgumentException with the text and the expected form
  public static SocketAddress parse(String text) {
    return text.startsWith("unix:") ? uds(text.substring("unix:".length())) : tcp(text);
  }

  /// {@return a Unix socket's address}
  public static UnixDomainSocketAddress uds(String path) {
    return UnixDomainSocketAddress.of(path);
  }

  /// {@return the address of `ip:port`, `[ip6]:port` or `host:port`}
  public static InetSocketAddress tcp(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.contains(":")) {
      host = "";
    }
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      if (!host.isEmpty() && port >= 0 && port <= 65535) {
        return new InetSocketAddress(InetAddress.getByName(host), port);
      }
    } catch (NumberFormatException | UnknownHostException e) {
      throw new IllegalArgumentException(message(text), e);
    }
    throw new IllegalArgumentException(message(text));
  }

  private static String message(String text) {
    return "address: " + text + " (expected: 127.0.0.1:80, [::1]:80, host:80 or unix:/path)";
  }
}

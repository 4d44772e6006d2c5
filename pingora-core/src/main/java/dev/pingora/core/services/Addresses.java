// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.services;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

/// Addresses as an operator writes them.
public final class Addresses {
  private Addresses() {}

  /// {@return `ip:port`, `[ip6]:port`, `host:port` when it is not resolved, or `unix:/path`}
  public static String text(SocketAddress address) {
    if (!(address instanceof InetSocketAddress inet)) {
      return "unix:" + address;
    }
    String host = inet.isUnresolved() ? inet.getHostString() : inet.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + inet.getPort();
  }
}

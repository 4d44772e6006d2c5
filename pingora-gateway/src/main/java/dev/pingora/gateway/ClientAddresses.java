// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.Cidr;
import dev.pingora.core.configuration.CidrSet;
import dev.pingora.http.FieldName;
import dev.pingora.http.Fields;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who a request came from, when trusted proxies stand between.
///
/// Each proxy appends to X-Forwarded-For whom it got the request from. So the list is read from its
/// end, and the first address that is not of a trusted proxy is the client's: it was written by one
/// that is. What stands before it, the client may have made up. Immutable; any thread.
final class ClientAddresses {
  /// Trusted proxies in a row; the client of a longer chain is its last one.
  static final int MAX_PROXIES = 16;

  private final CidrSet trusted;

  ClientAddresses(CidrSet trusted) {
    this.trusted = trusted;
  }

  /// {@return the address of the client; null when it is not of the Internet protocol}
  ///
  /// @param peer who is at the other end of the connection
  @Nullable InetAddress of(SocketAddress peer, Fields headers) {
    if (!(peer instanceof InetSocketAddress inet)) {
      return null;
    }
    InetAddress client = inet.getAddress();
    if (trusted.isEmpty() || !trusted.contains(client)) {
      return client;
    }
    List<String> lines = headers.all(FieldName.X_FORWARDED_FOR);
    return lines.isEmpty() ? client : behind(client, String.join(",", lines));
  }

  private InetAddress behind(InetAddress proxy, String list) {
    InetAddress client = proxy;
    int end = list.length();
    for (int i = 0; i < MAX_PROXIES && end >= 0 && trusted.contains(client); i++) {
      int comma = list.lastIndexOf(',', end - 1);
      InetAddress next = parse(list.substring(comma + 1, end).strip());
      if (next == null) {
        return client;
      }
      client = next;
      end = comma;
    }
    return client;
  }

  /// {@return the address, which some proxies write with a port; null if it is none}
  private static @Nullable InetAddress parse(String text) {
    String host = text;
    int colon = text.indexOf(':');
    if (text.startsWith("[")) {
      int close = text.indexOf(']');
      host = close < 0 ? text : text.substring(1, close);
    } else if (colon >= 0 && colon == text.lastIndexOf(':')) {
      host = text.substring(0, colon);
    }
    if (host.indexOf('/') >= 0) {
      return null;
    }
    try {
      return Cidr.parse(host).network(); // a network of one
    } catch (IllegalArgumentException _) {
      return null;
    }
  }

  /// {@return what addresses of one client have in common} A client of IPv6 usually has a /64 to
  /// choose its addresses from (RFC 6177 §2).
  static InetAddress network(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return address;
    }
    byte[] octets = address.getAddress();
    Arrays.fill(octets, 8, 16, (byte) 0);
    try {
      return InetAddress.getByAddress(octets);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("sixteen octets are an address", e);
    }
  }
}

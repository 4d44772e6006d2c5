// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.upstreams;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.regex.Pattern;

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
    int port = port(text, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      return new InetSocketAddress(
          literal(host.substring(1, host.length() - 1), ":", 2, text), port);
    }
    return isNumeric(host)
        ? new InetSocketAddress(literal(host, ".", 3, text), port)
        : InetSocketAddress.createUnresolved(checkedHost(host, text), port);
  }

  /// No name has only digits in its last label (RFC 3696 §2): what looks like an address must be
  /// one, and is never looked up.
  private static boolean isNumeric(String host) {
    return !host.isEmpty() && host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
  }

  /// @param marks how often `mark` must be there at least: short forms such as `1.2` are not taken
  private static InetAddress literal(String host, String mark, int marks, String text) {
    try {
      if (host.split(Pattern.quote(mark), -1).length > marks) {
        return InetAddress.ofLiteral(host);
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(message(text), e);
    }
    throw new IllegalArgumentException(message(text));
  }

  private static String checkedHost(String host, String text) {
    if (host.isEmpty() || host.chars().anyMatch(c -> c <= ' ' || ":/[]@\\".indexOf(c) >= 0)) {
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

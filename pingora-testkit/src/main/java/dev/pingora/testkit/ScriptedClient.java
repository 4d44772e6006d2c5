// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/// Opens the client's end of a scripted connection. The steps are those of [Wire].
///
/// ```java
/// try (Wire client = ScriptedClient.tcp(port)) {
///   client.send("GET / HTTP/1.0\r\n\r\n");
///   client.expect("HTTP/1.1 200 OK\r\n");
/// }
/// ```
public final class ScriptedClient {
  private ScriptedClient() {}

  /// {@return a connection to a port of 127.0.0.1}
  public static Wire tcp(int port) {
    return connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
  }

  /// {@return a connection to a port of some address}
  public static Wire tcp(InetAddress host, int port) {
    return connect(new InetSocketAddress(host, port));
  }

  /// {@return a connection to a Unix socket}
  public static Wire unix(Path path) {
    return connect(UnixDomainSocketAddress.of(path));
  }

  /// {@return a connection to a TCP or Unix address}
  ///
  /// @throws AssertionError if it is refused
  public static Wire connect(SocketAddress address) {
    try {
      SocketChannel channel =
          address instanceof UnixDomainSocketAddress
              ? SocketChannel.open(StandardProtocolFamily.UNIX)
              : SocketChannel.open();
      try {
        channel.connect(address);
        return new Wire(channel);
      } catch (IOException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw new AssertionError("cannot connect to " + address + ": " + e.getMessage(), e);
    }
  }
}

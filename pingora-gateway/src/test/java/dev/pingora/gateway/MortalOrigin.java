// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// An origin that can be killed (connections reset, port closed), slowed, and returned to the same
/// port. Answers every GET with its number. Thread-safe.
final class MortalOrigin implements AutoCloseable {
  private final int number;
  private final int port;
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final AtomicInteger requests = new AtomicInteger();
  private volatile ServerSocket socket;
  private volatile Duration delay = Duration.ZERO;

  MortalOrigin(int number) throws IOException {
    this.number = number;
    this.socket = listen(0);
    this.port = socket.getLocalPort();
  }

  int port() {
    return port;
  }

  /// {@return requests answered}
  int requests() {
    return requests.get();
  }

  void slow(Duration each) {
    delay = each;
  }

  void kill() throws IOException {
    socket.close();
    connections.forEach(MortalOrigin::reset);
  }

  private static void reset(Socket connection) {
    try {
      connection.setSoLinger(true, 0);
      connection.close();
    } catch (IOException e) {
      // the gateway was faster
    }
  }

  void restart() throws IOException {
    socket = listen(port);
  }

  private ServerSocket listen(int at) throws IOException {
    ServerSocket listening = new ServerSocket();
    listening.setReuseAddress(true);
    listening.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), at), 128);
    Thread.ofVirtual().start(() -> accept(listening));
    return listening;
  }

  private void accept(ServerSocket listening) {
    try {
      while (true) {
        Socket connection = listening.accept();
        connections.add(connection);
        if (listening.isClosed()) {
          connection.close();
        }
        Thread.ofVirtual().start(() -> serve(connection));
      }
    } catch (IOException e) {
      // killed
    }
  }

  private void serve(Socket connection) {
    byte[] answer =
        ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + number)
            .getBytes(StandardCharsets.ISO_8859_1);
    try (connection) {
      InputStream in = new BufferedInputStream(connection.getInputStream());
      while (skipHead(in)) {
        if (!delay.isZero()) {
          LockSupport.parkNanos(delay.toNanos());
        }
        requests.incrementAndGet();
        connection.getOutputStream().write(answer);
      }
    } catch (IOException e) {
      // killed, or the gateway closed it
    } finally {
      connections.remove(connection);
    }
  }

  /// {@return false at the end}
  private static boolean skipHead(InputStream in) throws IOException {
    int matched = 0;
    while (matched < 4) {
      int c = in.read();
      if (c < 0) {
        return false;
      }
      matched = c == "\r\n\r\n".charAt(matched) ? matched + 1 : c == '\r' ? 1 : 0;
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    kill();
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.protocols;

import dev.pingora.core.tls.SslDigest;
import dev.pingora.error.ProxyException;
import dev.pingora.runtime.Connection;
import dev.pingora.runtime.RequestThread;
import dev.pingora.runtime.SocketFacts;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// Facts about the connection under a session: addresses, times, octets.
///
/// A view: octet counters are read when asked. Safe on the session's request thread.
public final class Digest {
  private final Connection connection;
  private final @Nullable ProxyDigest proxy;
  private final @Nullable SslDigest ssl;
  private @Nullable String peerIp;

  public Digest(Connection connection) {
    this(connection, null, null);
  }

  /// @param proxy facts about a proxy on the way, null for none
  /// @param ssl facts about TLS, null for plain text
  public Digest(Connection connection, @Nullable ProxyDigest proxy, @Nullable SslDigest ssl) {
    this.connection = connection;
    this.proxy = proxy;
    this.ssl = ssl;
  }

  Connection connection() {
    return connection;
  }

  /// {@return facts about the proxy on the way; null when there is none}
  public @Nullable ProxyDigest proxy() {
    return proxy;
  }

  /// {@return facts about TLS; null for plain text}
  public @Nullable SslDigest ssl() {
    return ssl;
  }

  public SocketAddress peerAddress() {
    return connection.remoteAddress();
  }

  /// {@return the peer's IP address as text, without port; null if it has none, as over a Unix
  /// socket} Made once for a connection.
  public @Nullable String peerIp() {
    String text = peerIp;
    if (text == null && peerAddress() instanceof InetSocketAddress inet) {
      text = inet.getAddress().getHostAddress();
      peerIp = text;
    }
    return text;
  }

  public SocketAddress localAddress() {
    return connection.localAddress();
  }

  /// {@return when the connection was accepted or connected, on the scale of [System#nanoTime]}
  public long establishedNanos() {
    return connection.establishedNanos();
  }

  /// {@return what the kernel knows of the socket now: buffers, TCP_INFO, cookie, original
  /// destination; null when it has closed, or on transports that cannot ask} Costs a turn of the
  /// loop.
  ///
  /// @param thread the session's
  public @Nullable SocketFacts socketFacts(RequestThread thread) throws ProxyException {
    return connection.facts(thread);
  }

  /// {@return octets that came over the connection, framing included}
  public long bytesReceived() {
    return connection.bytesReceived();
  }

  /// {@return octets the socket has taken, framing included}
  public long bytesSent() {
    return connection.bytesSent();
  }
}

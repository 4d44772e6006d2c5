// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.listeners;

import dev.pingora.core.configuration.Address;
import dev.pingora.core.server.Limits;
import dev.pingora.core.server.SocketOptions;
import dev.pingora.core.server.TcpKeepalive;
import dev.pingora.core.tls.TlsSettings;
import dev.pingora.runtime.ListenSpec;
import dev.pingora.runtime.SocketTuning;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import org.jspecify.annotations.Nullable;

/// One address to listen on, and what its connections are held to.
///
/// @param limits null = those of the service
/// @param h2c HTTP/2 by prior knowledge is understood beside HTTP/1.1; without TLS only
/// @param filter asked about each connection
/// @param tls null = plain text
public record ListenerConfig(
    SocketAddress address,
    SocketOptions socket,
    int unixMode,
    @Nullable Limits limits,
    boolean h2c,
    ConnectionFilter filter,
    @Nullable TlsSettings tls) {
  /// {@return a TCP listener} The text is `127.0.0.1:8080`, `[::1]:8080` or `host:8080`.
  ///
  /// @throws IllegalArgumentException when it is none of these; the message says so
  public static ListenerConfig tcp(String address) {
    return of(Address.listener(address));
  }

  /// {@return a Unix listener} An existing socket file that nobody listens on is replaced.
  public static ListenerConfig uds(String path) {
    return of(UnixDomainSocketAddress.of(path));
  }

  /// {@return a listener with default socket options, the service's limits and no filter}
  public static ListenerConfig of(SocketAddress address) {
    return new ListenerConfig(
        address, SocketOptions.defaults(), ListenSpec.UNIX_MODE, null, false, peer -> true, null);
  }

  /// {@return the same with these socket options}
  public ListenerConfig withSocket(SocketOptions options) {
    return new ListenerConfig(address, options, unixMode, limits, h2c, filter, tls);
  }

  /// {@return the same with these permissions of a Unix socket's file, such as `0660`}
  public ListenerConfig withUnixMode(int mode) {
    return new ListenerConfig(address, socket, mode, limits, h2c, filter, tls);
  }

  /// {@return the same with limits of its own instead of the service's}
  public ListenerConfig withLimits(Limits own) {
    return new ListenerConfig(address, socket, unixMode, own, h2c, filter, tls);
  }

  /// {@return the same, understanding HTTP/2 by prior knowledge beside HTTP/1.1, or not}
  public ListenerConfig withH2c(boolean understood) {
    return new ListenerConfig(address, socket, unixMode, limits, understood, filter, tls);
  }

  /// {@return the same, asking `own` about each connection, on event-loop threads of all loops}
  public ListenerConfig withFilter(ConnectionFilter own) {
    return new ListenerConfig(address, socket, unixMode, limits, h2c, own, tls);
  }

  /// {@return the same, speaking TLS; null for plain text}
  public ListenerConfig withTls(@Nullable TlsSettings settings) {
    return new ListenerConfig(address, socket, unixMode, limits, h2c, filter, settings);
  }

  /// {@return what the runtime listens by}
  public ListenSpec spec() {
    TcpKeepalive keepalive = socket.keepalive();
    SocketTuning tuning =
        new SocketTuning(
            keepalive == null ? null : Keepalives.of(keepalive),
            socket.receiveBufferBytes(),
            socket.sendBufferBytes(),
            socket.dscp() == null ? -1 : socket.dscp(),
            socket.fastopen());
    return new ListenSpec(
        address, socket.backlog(), socket.reusePort(), socket.ipv6Only(), unixMode, tuning);
  }
}

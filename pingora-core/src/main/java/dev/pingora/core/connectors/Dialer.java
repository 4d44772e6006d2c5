// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.connectors;

import dev.pingora.core.services.Addresses;
import dev.pingora.core.upstreams.BindTo;
import dev.pingora.core.upstreams.PeerOptions;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.runtime.ConnectSpec;
import dev.pingora.runtime.Connection;
import dev.pingora.runtime.RequestThread;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Opens connections to addresses and names: looks up, chooses where from, races. Thread-safe.
final class Dialer {
  private final ConnectorOptions options;

  Dialer(ConnectorOptions options) {
    this.options = options;
  }

  /// {@return a connection to `remote`, owned by the thread}
  ///
  /// @param deadline of the look-up and all attempts together
  Connection dial(RequestThread thread, SocketAddress remote, PeerOptions peer, long deadline)
      throws ProxyException {
    BindTo bindTo = peer.bindTo();
    Race race =
        new Race(
            thread,
            Addresses.text(remote),
            specs(addresses(thread, remote, deadline), remote, peer),
            bindTo != null && bindTo.fallback() ? Race.Fallback.ANY_PORT : Race.Fallback.NONE,
            peer.connectionTimeout().toNanos(),
            deadline);
    return race.run();
  }

  private List<? extends SocketAddress> addresses(
      RequestThread thread, SocketAddress remote, long deadline) throws ProxyException {
    if (!(remote instanceof InetSocketAddress inet) || !inet.isUnresolved()) {
      return List.of(remote);
    }
    List<InetAddress> found = options.resolver().resolve(thread, inet.getHostString(), deadline);
    return Interleaving.of(found).stream()
        .map(address -> new InetSocketAddress(address, inet.getPort()))
        .toList();
  }

  private List<ConnectSpec> specs(
      List<? extends SocketAddress> addresses, SocketAddress remote, PeerOptions peer)
      throws ProxyException {
    BindTo bindTo = peer.bindTo();
    List<ConnectSpec> specs = new ArrayList<>(addresses.size());
    for (SocketAddress address : addresses) {
      if (specs.size() < Race.MAX_ADDRESSES && isReachableFrom(bindTo, address)) {
        specs.add(
            new ConnectSpec(
                address,
                source(bindTo, address),
                bindTo == null ? 0 : bindTo.portLow(),
                bindTo == null ? 0 : bindTo.portHigh(),
                peer.tuning(),
                peer.socketTweak()));
      }
    }
    if (specs.isEmpty()) {
      throw ProxyException.upstream(
          ErrorKind.BIND_ERROR,
          "%s has no address of the family of bind_to %s",
          Addresses.text(remote),
          String.valueOf(bindTo));
    }
    return specs;
  }

  private static boolean isReachableFrom(@Nullable BindTo bindTo, SocketAddress remote) {
    InetAddress source = bindTo == null ? null : bindTo.address();
    return source == null
        || !(remote instanceof InetSocketAddress inet)
        || Interleaving.isIpv6(source) == Interleaving.isIpv6(inet.getAddress());
  }

  /// The peer's choice wins over the server's, also when it names ports only.
  private @Nullable InetAddress source(@Nullable BindTo bindTo, SocketAddress remote) {
    if (bindTo != null) {
      return bindTo.address();
    }
    if (!(remote instanceof InetSocketAddress inet)) {
      return null;
    }
    List<InetAddress> sources =
        Interleaving.isIpv6(inet.getAddress()) ? options.bindToIpv6() : options.bindToIpv4();
    return sources.isEmpty() ? null : sources.get(options.random().nextInt(sources.size()));
  }
}

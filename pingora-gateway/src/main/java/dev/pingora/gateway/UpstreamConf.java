// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.Address;
import dev.pingora.core.configuration.KeyFault;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A group of servers that requests are forwarded to.
///
/// @param servers each address once; none where discovery tells
/// @param discovery where servers are learnt from; null = from `servers`
/// @param balance how a server is chosen
/// @param timeouts of its connections
/// @param protocols what its servers speak
/// @param tls null = plain text
record UpstreamConf(
    List<Server> servers,
    @Nullable DiscoveryConf discovery,
    BalanceConf balance,
    Timeouts timeouts,
    List<Protocol> protocols,
    @Nullable UpstreamTlsConf tls) {

  /// One server.
  ///
  /// @param address where it listens
  /// @param weight its share of the requests, relative to the others'; 0 = no new ones
  record Server(Address address, int weight) {
    /// Collects a [Server]; confined to one thread.
    static final class Builder {
      Address address = new Address.Tcp("127.0.0.1", 80);
      int weight = 1;

      Server build() {
        return new Server(address, weight);
      }
    }
  }

  /// What servers speak.
  enum Protocol {
    /// HTTP/1.1.
    HTTP_1_1
  }

  /// Timeouts of connections to the servers; zero = none.
  ///
  /// @param connect until a TCP or Unix connection stands
  /// @param totalConnect until it can be used, TLS and proxies included
  /// @param read between two reads
  /// @param write between two successful writes
  /// @param idle in the pool
  record Timeouts(
      Duration connect, Duration totalConnect, Duration read, Duration write, Duration idle) {
    Timeouts {
      if (totalConnect.isPositive() && connect.compareTo(totalConnect) > 0) {
        throw new KeyFault("connect", "is above total_connect", "expected: at most total_connect");
      }
    }

    static Timeouts defaults() {
      return new Builder().build();
    }

    /// Collects [Timeouts]; confined to one thread.
    static final class Builder {
      Duration connect = Duration.ofSeconds(5);
      Duration totalConnect = Duration.ofSeconds(10);
      Duration read = Duration.ofSeconds(60);
      Duration write = Duration.ofSeconds(60);
      Duration idle = Duration.ofSeconds(60);

      Timeouts build() {
        return new Timeouts(connect, totalConnect, read, write, idle);
      }
    }
  }

  UpstreamConf {
    servers = List.copyOf(servers);
    protocols = List.copyOf(protocols);
    long distinct = servers.stream().map(Server::address).distinct().count();
    if (distinct < servers.size()) {
      throw new KeyFault("servers", "names an address twice", "expected: a weight instead");
    }
    if (!servers.isEmpty() && discovery != null) {
      throw new KeyFault("servers", "stands beside discovery", "expected: servers or discovery");
    }
  }

  static Builder builder() {
    return new Builder();
  }

  /// Collects an [UpstreamConf]; confined to one thread.
  static final class Builder {
    List<Server> servers = List.of();
    @Nullable DiscoveryConf discovery;
    final BalanceConf.Builder balance = BalanceConf.builder();
    Timeouts timeouts = Timeouts.defaults();
    List<Protocol> protocols = List.of(Protocol.HTTP_1_1);
    @Nullable UpstreamTlsConf tls;

    UpstreamConf build() {
      return new UpstreamConf(servers, discovery, balance.build(), timeouts, protocols, tls);
    }
  }
}

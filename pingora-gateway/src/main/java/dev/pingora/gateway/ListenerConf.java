// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.Address;
import dev.pingora.core.configuration.Cidr;
import dev.pingora.core.configuration.KeyFault;
import dev.pingora.core.server.Limits;
import dev.pingora.core.server.SocketOptions;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Where the gateway listens, and what it takes there.
///
/// @param address a TCP port or a Unix socket
/// @param mode permission bits of a Unix socket; means nothing on TCP
/// @param protocols what clients may speak
/// @param allow who may connect; empty = everybody
/// @param deny who may not; wins over `allow`
/// @param connections bounds on connections
/// @param socket options of the sockets
/// @param tls null = plain text
/// @param limits bounds of each connection: those of the file with the listener's own changes
record ListenerConf(
    Address address,
    int mode,
    List<Protocol> protocols,
    List<Cidr> allow,
    List<Cidr> deny,
    Connections connections,
    SocketOptions socket,
    @Nullable TlsConf tls,
    Limits limits) {

  /// Permission bits of a Unix socket unless said otherwise: owner and group.
  static final int DEFAULT_MODE = 0660;

  /// What clients speak.
  enum Protocol {
    /// HTTP/1.1.
    HTTP_1_1,
    /// HTTP/2 on TLS (RFC 9113 §3.2).
    H2,
    /// HTTP/2 on plain text, by prior knowledge (RFC 9113 §3.3).
    H2C
  }

  /// Bounds on connections; zero = none.
  ///
  /// @param max open at the same time
  /// @param perClient open at the same time from one client; IPv6 clients are counted by /64
  /// @param ratePerClient new in a second from one client
  record Connections(int max, int perClient, int ratePerClient) {
    static Connections unbounded() {
      return new Builder().build();
    }

    /// Collects [Connections]; confined to one thread.
    static final class Builder {
      int max;
      int perClient;
      int ratePerClient;

      Connections build() {
        return new Connections(max, perClient, ratePerClient);
      }
    }
  }

  ListenerConf {
    protocols = List.copyOf(protocols);
    allow = List.copyOf(allow);
    deny = List.copyOf(deny);
    if (tls == null && protocols.contains(Protocol.H2)) {
      throw new KeyFault("protocols", "has h2, which needs tls", "expected: tls, or h2c");
    }
    if (tls != null && protocols.contains(Protocol.H2C)) {
      throw new KeyFault("protocols", "has h2c, which is for plain text", "expected: h2");
    }
    boolean tcp = address instanceof Address.Tcp;
    if (tcp && mode != DEFAULT_MODE) {
      throw new KeyFault("mode", "is for Unix sockets only", "expected: address unix:/path");
    }
    if (!tcp && !(allow.isEmpty() && deny.isEmpty())) {
      String key = allow.isEmpty() ? "deny" : "allow";
      throw new KeyFault(key, "has no effect on a Unix socket", "expected: mode");
    }
  }

  /// {@return this listener with changes of its own to the limits of the file}
  ListenerConf within(Limits outer, UnaryOperator<Limits> changes) {
    return new ListenerConf(
        address, mode, protocols, allow, deny, connections, socket, tls, changes.apply(outer));
  }

  static Builder builder() {
    return new Builder();
  }

  /// Collects a [ListenerConf] whose limits are not yet known; confined to one thread.
  static final class Builder {
    Address address = new Address.Tcp("0.0.0.0", 6188);
    int mode = DEFAULT_MODE;
    @Nullable List<Protocol> protocols;
    List<Cidr> allow = List.of();
    List<Cidr> deny = List.of();
    Connections connections = Connections.unbounded();
    SocketOptions socket = SocketOptions.defaults();
    @Nullable TlsConf tls;
    @Nullable UnaryOperator<Limits> limits;

    Draft build() {
      var conf =
          new ListenerConf(
              address,
              mode,
              protocols == null ? usual() : protocols,
              allow,
              deny,
              connections,
              socket,
              tls,
              Limits.defaults());
      return new Draft(conf, limits == null ? UnaryOperator.identity() : limits);
    }

    private List<Protocol> usual() {
      return tls == null ? List.of(Protocol.HTTP_1_1) : List.of(Protocol.H2, Protocol.HTTP_1_1);
    }
  }

  /// A listener as its block in the file says it: the limits around it are elsewhere in the file.
  ///
  /// @param conf with the default limits
  /// @param limits what the block changes
  record Draft(ListenerConf conf, UnaryOperator<Limits> limits) {
    ListenerConf within(Limits outer) {
      return conf.within(outer, limits);
    }
  }
}

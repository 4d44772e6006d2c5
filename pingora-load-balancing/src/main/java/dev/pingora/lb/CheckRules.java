// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import static java.util.Objects.requireNonNull;

import dev.pingora.core.upstreams.HttpPeer;
import dev.pingora.core.upstreams.PeerOptions;
import dev.pingora.tls.CertKey;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What all health checks have in common.
///
/// @param every time between two rounds (100 ms to 1 h)
/// @param timeout of a whole check: looking up, connecting, TLS, and the answer (1 ms to 1 h)
/// @param up results in a row that make an ill backend well
/// @param down failures in a row that make a well one ill
/// @param sni the name asked for in TLS, empty for the backend's own; null = without TLS
/// @param port to check instead of the backend's; 0 = the backend's. Of no use with Unix sockets
/// @param options of the connections
/// @param certificate shown when the backend asks for one; null = none
public record CheckRules(
    Duration every,
    Duration timeout,
    int up,
    int down,
    @Nullable String sni,
    int port,
    PeerOptions options,
    @Nullable CertKey certificate) {
  /// Every 5 s, 1 s, one result each way, without TLS.
  public static final CheckRules STANDARD =
      new CheckRules(
          Duration.ofSeconds(5), Duration.ofSeconds(1), 1, 1, null, 0, PeerOptions.DEFAULT, null);

  /// Checks never take the connections of requests: one of those proves nothing.
  private static final long GROUP = 0x6865616c74686bL;

  /// Refuses what is out of bounds.
  public CheckRules {
    Upkeep.requirePeriod("every", every);
    Outlier.requirePause("timeout", timeout);
    requireNonNull(options, "options");
    if (up < 1 || down < 1) {
      throw new IllegalArgumentException(
          "up, down: " + up + ", " + down + " (expected: 1 or more)");
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 0..65535)");
    }
  }

  /// {@return these rules with another time between rounds}
  public CheckRules withEvery(Duration other) {
    return new CheckRules(other, timeout, up, down, sni, port, options, certificate);
  }

  /// {@return these rules with another bound of a check}
  public CheckRules withTimeout(Duration other) {
    return new CheckRules(every, other, up, down, sni, port, options, certificate);
  }

  /// {@return these rules with other thresholds}
  public CheckRules withThresholds(int newUp, int newDown) {
    return new CheckRules(every, timeout, newUp, newDown, sni, port, options, certificate);
  }

  /// {@return these rules with TLS}
  ///
  /// @param name asked for; empty = the backend's name or address
  /// @param shown when the backend asks for a certificate; null = none
  public CheckRules withTls(String name, PeerOptions other, @Nullable CertKey shown) {
    String asked = requireNonNull(name, "name");
    return new CheckRules(every, timeout, up, down, asked, port, other, shown);
  }

  /// {@return these rules at another port}
  public CheckRules withPort(int other) {
    return new CheckRules(every, timeout, up, down, sni, other, options, certificate);
  }

  int threshold(boolean well) {
    return well ? up : down;
  }

  HttpPeer peer(Backend backend, boolean reuse) {
    SocketAddress address = address(backend.address());
    String name = sni;
    HttpPeer peer =
        name == null
            ? HttpPeer.http(address)
            : HttpPeer.https(address, name.isEmpty() ? hostName(address) : name)
                .withClientCertKey(certificate);
    PeerOptions.Builder own = options.toBuilder().groupKey(GROUP);
    return peer.withOptions(reuse ? own.build() : own.idleTimeout(Duration.ZERO).build());
  }

  private SocketAddress address(SocketAddress backends) {
    if (port == 0 || !(backends instanceof InetSocketAddress inet)) {
      return backends;
    }
    return inet.isUnresolved()
        ? InetSocketAddress.createUnresolved(inet.getHostString(), port)
        : new InetSocketAddress(inet.getAddress(), port);
  }

  private static String hostName(SocketAddress address) {
    return address instanceof InetSocketAddress inet && inet.isUnresolved()
        ? inet.getHostString()
        : "";
  }
}

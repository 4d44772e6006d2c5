// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.connectors;

import static java.util.Objects.requireNonNull;

import dev.pingora.core.server.ServerConf;
import java.net.InetAddress;
import java.util.List;
import java.util.random.RandomGenerator;

/// What the connectors of a server have in common, whatever the peer.
///
/// @param resolver looks names up
/// @param bindToIpv4 sources of connections to IPv4 addresses, one picked at random for each; empty
///   = the system's choice
/// @param bindToIpv6 the same for IPv6
/// @param random picks; thread-safe
/// @param s2nConfigCacheSize client contexts of s2n kept; 0 = none
public record ConnectorOptions(
    Resolver resolver,
    List<InetAddress> bindToIpv4,
    List<InetAddress> bindToIpv6,
    RandomGenerator random,
    int s2nConfigCacheSize) {
  /// Client contexts of s2n kept unless said otherwise.
  static final int S2N_CONFIGS = 10;

  public ConnectorOptions {
    requireNonNull(resolver, "resolver");
    requireNonNull(random, "random");
    bindToIpv4 = checked("client_bind_to_ipv4", bindToIpv4, false);
    bindToIpv6 = checked("client_bind_to_ipv6", bindToIpv6, true);
  }

  private static List<InetAddress> checked(String key, List<InetAddress> addresses, boolean six) {
    for (InetAddress address : addresses) {
      if (Interleaving.isIpv6(address) != six) {
        throw new IllegalArgumentException(
            key + ": " + address.getHostAddress() + " (expected: IPv" + (six ? 6 : 4) + ")");
      }
    }
    return List.copyOf(addresses);
  }

  /// {@return the system's choice of sources}
  public static ConnectorOptions of(Resolver resolver) {
    return new ConnectorOptions(resolver, List.of(), List.of(), new SharedRandom(), S2N_CONFIGS);
  }

  /// {@return what a configuration says}
  public static ConnectorOptions from(ServerConf conf, Resolver resolver) {
    return new ConnectorOptions(
        resolver,
        conf.clientBindToIpv4(),
        conf.clientBindToIpv6(),
        new SharedRandom(),
        conf.s2nConfigCacheSize());
  }
}

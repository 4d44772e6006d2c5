// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import static java.util.Objects.requireNonNull;

import dev.pingora.core.configuration.Address;
import dev.pingora.core.services.Addresses;
import dev.pingora.core.upstreams.Endpoint;
import java.net.SocketAddress;

/// One server behind a balancer. Equal if address and weight are.
///
/// @param weight its share of the work, relative to the others'; 0 takes no new work
public record Backend(SocketAddress address, int weight) implements Endpoint {
  /// Largest weight: totals stay far from overflow.
  public static final int MAX_WEIGHT = 65_535;

  public Backend {
    requireNonNull(address, "address");
    if (weight < 0 || weight > MAX_WEIGHT) {
      throw new IllegalArgumentException(
          "weight: " + weight + " (expected: 0.." + MAX_WEIGHT + ")");
    }
  }

  /// {@return a backend of weight 1}
  ///
  /// @param address `ip:port`, `[ip6]:port`, `host:port` or `unix:/path`
  public static Backend of(String address) {
    return of(address, 1);
  }

  /// {@return a backend}
  ///
  /// @param address `ip:port`, `[ip6]:port`, `host:port` or `unix:/path`
  /// @param weight its share of the turns beside the others'; 0 = never picked
  /// @throws IllegalArgumentException when the address is malformed or the weight out of range
  public static Backend of(String address, int weight) {
    return new Backend(Address.peer(address), weight);
  }

  @Override
  public String toString() {
    return Addresses.text(address) + (weight == 1 ? "" : " weight " + weight);
  }
}

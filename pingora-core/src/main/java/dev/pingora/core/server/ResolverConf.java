// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.server;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/// Name resolution for upstream addresses: the `resolver:` block.
///
/// @param servers DNS servers to ask; empty = those of the system
/// @param minTtl an answer is kept at least this long, whatever its TTL
/// @param maxTtl an answer is kept at most this long
/// @param negativeTtl how long "no such name" is believed
public record ResolverConf(
    List<InetSocketAddress> servers, Duration minTtl, Duration maxTtl, Duration negativeTtl) {

  /// Copies the list; refuses null components and times that contradict each other.
  public ResolverConf {
    servers = List.copyOf(servers);
    Objects.requireNonNull(minTtl, "minTtl");
    Objects.requireNonNull(maxTtl, "maxTtl");
    Objects.requireNonNull(negativeTtl, "negativeTtl");
    if (minTtl.compareTo(maxTtl) > 0) {
      throw new IllegalArgumentException("min_ttl: is above max_ttl (expected: at most max_ttl)");
    }
  }

  /// {@return the system's servers, answers kept for one second to five minutes}
  public static ResolverConf defaults() {
    return new ResolverConf(
        List.of(), Duration.ofSeconds(1), Duration.ofMinutes(5), Duration.ofSeconds(5));
  }
}

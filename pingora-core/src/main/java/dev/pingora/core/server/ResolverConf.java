// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.server;

import dev.pingora.core.configuration.KeyFault;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/// Name resolution for upstream addresses: the `resolver:` block.
///
/// @param servers DNS servers to ask; empty = those of the system
/// @param minTtl an answer is kept at least this long, whatever its TTL
/// @param maxTtl an answer is kept at most this long
/// @param negativeTtl how long "no such name" is believed
public record ResolverConf(
    List<InetSocketAddress> servers, Duration minTtl, Duration maxTtl, Duration negativeTtl) {

  /// Copies the list; refuses times that contradict each other.
  public ResolverConf {
    servers = List.copyOf(servers);
    ServerKeys.TTL_OF_NAMES.require("resolver.min_ttl", minTtl);
    ServerKeys.TTL_OF_NAMES.require("resolver.max_ttl", maxTtl);
    ServerKeys.TTL_OF_NAMES.require("resolver.negative_ttl", negativeTtl);
    if (minTtl.compareTo(maxTtl) > 0) {
      throw new KeyFault("min_ttl", "is above max_ttl", "expected: at most max_ttl");
    }
  }

  /// {@return the system's servers, answers kept for one second to five minutes}
  public static ResolverConf defaults() {
    return builder().build();
  }

  /// {@return a builder that starts from the defaults}
  public static Builder builder() {
    return new Builder();
  }

  /// Collects a [ResolverConf], one setter per component; confined to one thread.
  public static final class Builder {
    private List<InetSocketAddress> servers = List.of();
    private Duration minTtl = Duration.ofSeconds(1);
    private Duration maxTtl = Duration.ofMinutes(5);
    private Duration negativeTtl = Duration.ofSeconds(5);

    private Builder() {}

    /// Sets [ResolverConf#servers].
    public Builder servers(List<InetSocketAddress> servers) {
      this.servers = servers;
      return this;
    }

    /// Sets [ResolverConf#minTtl].
    public Builder minTtl(Duration minTtl) {
      this.minTtl = minTtl;
      return this;
    }

    /// Sets [ResolverConf#maxTtl].
    public Builder maxTtl(Duration maxTtl) {
      this.maxTtl = maxTtl;
      return this;
    }

    /// Sets [ResolverConf#negativeTtl].
    public Builder negativeTtl(Duration negativeTtl) {
      this.negativeTtl = negativeTtl;
      return this;
    }

    /// {@return the settings collected}
    public ResolverConf build() {
      return new ResolverConf(servers, minTtl, maxTtl, negativeTtl);
    }
  }
}

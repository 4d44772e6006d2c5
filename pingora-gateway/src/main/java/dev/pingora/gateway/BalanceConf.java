// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.KeyFault;
import dev.pingora.lb.Outlier;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How a server of an upstream is chosen, and when one is left out.
///
/// @param way how
/// @param key what the hashing ways hash
/// @param sticky keeps clients at their servers; null = does not
/// @param slowStart in which a new server comes to its full share; zero = at once
/// @param panicThreshold share of ready servers below which health is ignored
/// @param maxRequests at the same time at one server; 0 = no bound
/// @param healthCheck null = none
/// @param outlier ejects who fails; null = nobody
record BalanceConf(
    Way way,
    BalanceKey key,
    @Nullable Sticky sticky,
    Duration slowStart,
    double panicThreshold,
    int maxRequests,
    @Nullable HealthConf healthCheck,
    @Nullable Outlier outlier) {

  /// Ways to choose a server; see the classes of dev.pingora.lb.
  enum Way {
    ROUND_ROBIN,
    RANDOM,
    HASH,
    CONSISTENT,
    LEAST_REQUESTS,
    P2C,
    EWMA,
    MAGLEV,
    RENDEZVOUS,
    BOUNDED_CONSISTENT;

    /// {@return whether the key of a request decides}
    boolean hashes() {
      return switch (this) {
        case HASH, CONSISTENT, MAGLEV, RENDEZVOUS, BOUNDED_CONSISTENT -> true;
        case ROUND_ROBIN, RANDOM, LEAST_REQUESTS, P2C, EWMA -> false;
      };
    }

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// A cookie that names a client's server.
  ///
  /// @param cookie its name
  /// @param ttl how long it holds after the last answer that set it
  /// @param secret signs it; null = one of this process, which no other gateway knows
  record Sticky(String cookie, Duration ttl, @Nullable String secret) {
    /// Collects a [Sticky]; confined to one thread.
    static final class Builder {
      String cookie = "route";
      Duration ttl = Duration.ofHours(1);
      @Nullable String secret;

      Sticky build() {
        return new Sticky(cookie, ttl, secret);
      }
    }

    /// Not the secret.
    @Override
    public String toString() {
      return "Sticky[cookie=" + cookie + ", ttl=" + ttl + "]";
    }
  }

  BalanceConf {
    if (!(key instanceof BalanceKey.ClientAddress) && !way.hashes()) {
      throw new KeyFault(
          "balance_key",
          "has no effect with balance: " + way.text(),
          "expected: with hash, consistent, maglev, rendezvous or bounded_consistent");
    }
  }

  static Builder builder() {
    return new Builder();
  }

  /// Collects a [BalanceConf]; confined to one thread.
  static final class Builder {
    Way way = Way.ROUND_ROBIN;
    BalanceKey key = new BalanceKey.ClientAddress();
    @Nullable Sticky sticky;
    Duration slowStart = Duration.ZERO;
    double panicThreshold;
    int maxRequests;
    @Nullable HealthConf healthCheck;
    @Nullable Outlier outlier;

    BalanceConf build() {
      return new BalanceConf(
          way, key, sticky, slowStart, panicThreshold, maxRequests, healthCheck, outlier);
    }
  }
}

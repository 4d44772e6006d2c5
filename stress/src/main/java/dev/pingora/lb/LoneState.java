// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import java.net.InetSocketAddress;
import java.time.Duration;

/// Makes states of backends for stress tests, on a clock that stands.
final class LoneState {
  private LoneState() {}

  static Crowd crowd(Passive rules) {
    return new Crowd(rules, () -> 1_000_000_000_000L, (_, _, _) -> {});
  }

  static BackendState in(Crowd crowd) {
    return new BackendState(InetSocketAddress.createUnresolved("a", 1), crowd, true, true);
  }

  static ProxyException failure() {
    return ProxyException.upstream(ErrorKind.CONNECT_REFUSED, "refused");
  }

  static Passive ejecting(int consecutive, double share) {
    return Passive.NONE.withOutlier(new Outlier(consecutive, Duration.ofSeconds(1), share));
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import static java.util.Objects.requireNonNull;

import dev.pingora.core.server.ServerRuntime;
import dev.pingora.error.ProxyException;
import dev.pingora.runtime.RequestThread;
import java.time.Duration;

/// Well is who takes a connection; with TLS, who completes a handshake too. The connection is
/// closed at once. Immutable.
public final class TcpHealthCheck implements HealthCheck {
  private final CheckRules rules;

  private TcpHealthCheck(CheckRules rules) {
    this.rules = requireNonNull(rules, "rules");
  }

  /// {@return a check by these rules}
  public static TcpHealthCheck of(CheckRules rules) {
    return new TcpHealthCheck(rules);
  }

  /// {@return a check without TLS, every so often}
  public static TcpHealthCheck every(Duration period) {
    return of(CheckRules.STANDARD.withEvery(period));
  }

  @Override
  public void check(Backend backend, RequestThread thread, ServerRuntime runtime)
      throws ProxyException {
    runtime.connector().connect(thread, rules.peer(backend, false)).abort();
  }

  @Override
  public Duration every() {
    return rules.every();
  }

  @Override
  public Duration timeout() {
    return rules.timeout();
  }

  @Override
  public int threshold(boolean well) {
    return rules.threshold(well);
  }
}

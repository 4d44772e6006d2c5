// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import dev.pingora.core.server.ServerRuntime;
import dev.pingora.error.ProxyException;
import dev.pingora.runtime.RequestThread;
import java.time.Duration;

/// Well is who takes a connection; with TLS, who completes a handshake too. The connection is
/// closed at once. Immutable.
public final class TcpHealthCheck extends RuledCheck {
  private TcpHealthCheck(CheckRules rules) {
    super(rules);
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
}

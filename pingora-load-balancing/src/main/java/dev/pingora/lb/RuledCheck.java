// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/// What the checks of this package share: their rules say how often and for how long. Immutable.
abstract sealed class RuledCheck implements HealthCheck
    permits GrpcHealthCheck, HttpHealthCheck, TcpHealthCheck {
  final CheckRules rules;

  RuledCheck(CheckRules rules) {
    this.rules = requireNonNull(rules, "rules");
  }

  @Override
  public final Duration every() {
    return rules.every();
  }

  @Override
  public final Duration timeout() {
    return rules.timeout();
  }

  @Override
  public final int threshold(boolean well) {
    return rules.threshold(well);
  }
}

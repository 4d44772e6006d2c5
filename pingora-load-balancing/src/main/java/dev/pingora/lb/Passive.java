// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What a balancer concludes from the attempts that the engine reports. With [#NONE] nothing: they
/// are counted, and their times remembered.
///
/// @param outlier ejects who fails in a row; null = nobody
/// @param breaker leaves alone who fails too often; null = nobody
/// @param maxRequests attempts under way at one backend at the same time; 0 = no bound
/// @param penalty what a failed attempt counts as in a latency, at least
public record Passive(
    @Nullable Outlier outlier,
    @Nullable CircuitBreaker breaker,
    int maxRequests,
    Duration penalty) {
  /// Nobody is left out, nothing is bounded.
  public static final Passive NONE = new Passive(null, null, 0, Duration.ofSeconds(1));

  /// Refuses a bound below zero.
  public Passive {
    requireNonNull(penalty, "penalty");
    if (maxRequests < 0) {
      throw new IllegalArgumentException("maxRequests: " + maxRequests + " (expected: 0 or more)");
    }
    if (penalty.isNegative()) {
      throw new IllegalArgumentException("penalty: " + penalty + " (expected: 0 or more)");
    }
  }

  /// {@return these rules with another rule for ejections}
  public Passive withOutlier(@Nullable Outlier other) {
    return new Passive(other, breaker, maxRequests, penalty);
  }

  /// {@return these rules with another circuit breaker}
  public Passive withBreaker(@Nullable CircuitBreaker other) {
    return new Passive(outlier, other, maxRequests, penalty);
  }

  /// {@return these rules with another bound on attempts at the same time}
  public Passive withMaxRequests(int other) {
    return new Passive(outlier, breaker, other, penalty);
  }

  /// {@return whether an answer with this status is a failure of the backend}
  boolean isFailure(int status) {
    return status >= 500;
  }
}

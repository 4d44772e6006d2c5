// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import java.time.Duration;

/// When a backend whose attempts fail too often is left alone.
///
/// ```
///   closed ── failures ≥ ratio ──► open ── pause over ──► one trial
///     ▲                             ▲                        │
///     └────────── it succeeds ──────┼────────────────────────┤
///                                   └────── it fails ────────┘
/// ```
///
/// @param failureRatio share of failed attempts that opens it (above 0, at most 1)
/// @param minAttempts attempts in a window below which the ratio says nothing
/// @param window how long attempts count: fully in the present window, half in the next
/// @param pause between opening and the first trial, and between two trials
public record CircuitBreaker(
    double failureRatio, int minAttempts, Duration window, Duration pause) {
  /// Refuses what would never open, or never close.
  public CircuitBreaker {
    if (!(failureRatio > 0 && failureRatio <= 1)) {
      throw new IllegalArgumentException(
          "failureRatio: " + failureRatio + " (expected: above 0, at most 1)");
    }
    if (minAttempts < 1) {
      throw new IllegalArgumentException("minAttempts: " + minAttempts + " (expected: 1 or more)");
    }
    Outlier.requirePause("window", window);
    Outlier.requirePause("pause", pause);
  }

  /// {@return half of at least 20 attempts within 10 s; a trial every 5 s}
  public static CircuitBreaker standard() {
    return new CircuitBreaker(0.5, 20, Duration.ofSeconds(10), Duration.ofSeconds(5));
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/// When a backend that fails again and again is ejected, and for how long.
///
/// The n-th ejection takes n times the base time, at most [#MAX_EJECT]. One ejection is forgotten
/// for each base time without a new one after the end of the last.
///
/// @param consecutive failures in a row that eject it: no connection, a broken exchange, a time-out
///   or a status of 500 and more
/// @param eject how long the first ejection takes
/// @param maxEjected the share of backends that may be out at the same time (0 to 1), rounded down;
///   above it nobody else is ejected
public record Outlier(int consecutive, Duration eject, double maxEjected) {
  /// No ejection takes longer.
  public static final Duration MAX_EJECT = Duration.ofHours(1);

  /// Most ejections that are remembered.
  private static final int MAX_TIMES = 1_000;

  /// Refuses what would eject always, never or for ever.
  public Outlier {
    if (consecutive < 1) {
      throw new IllegalArgumentException("consecutive: " + consecutive + " (expected: 1 or more)");
    }
    requirePause("eject", eject);
    if (!(maxEjected >= 0 && maxEjected <= 1)) {
      throw new IllegalArgumentException("maxEjected: " + maxEjected + " (expected: 0.0..1.0)");
    }
  }

  /// {@return five failures in a row, 30 s, at most half of the backends}
  public static Outlier standard() {
    return new Outlier(5, Duration.ofSeconds(30), 0.5);
  }

  static void requirePause(String name, Duration pause) {
    requireNonNull(pause, name);
    if (pause.compareTo(Duration.ofMillis(1)) < 0 || pause.compareTo(MAX_EJECT) > 0) {
      throw new IllegalArgumentException(name + ": " + pause + " (expected: 1 ms to 1 h)");
    }
  }

  /// {@return how long the `times`-th ejection takes}
  long ejectNanos(int times) {
    return Math.min(eject.toNanos() * Math.min(times, MAX_TIMES), MAX_EJECT.toNanos());
  }

  /// {@return how many of `times` ejections still count, `quietNanos` after the end of the last}
  int remembered(int times, long quietNanos) {
    long forgotten = Math.max(0, quietNanos) / eject.toNanos();
    return (int) Math.max(0, Math.min(times, MAX_TIMES) - forgotten);
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.limits;

import java.time.Duration;

/// What a [RateEstimate] is computed from.
///
/// @param previous events of the last finished interval
/// @param current events of the interval that is running
/// @param interval the length of an interval
/// @param fraction how much of the running interval has passed, 0 up to but excluding 1
public record RateComponents(long previous, long current, Duration interval, double fraction) {

  /// {@return the interval in seconds}
  public double intervalSeconds() {
    return interval.toNanos() / 1e9;
  }
}

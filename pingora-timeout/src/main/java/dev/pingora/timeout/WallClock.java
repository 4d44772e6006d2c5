// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.timeout;

import java.time.Instant;

/// Where civil time comes from: `Date` fields, log lines, ages of stored responses.
///
/// This clock may be set back or forward at any moment, so no wait is ever measured with it: that
/// is what [Ticker] is for.
@FunctionalInterface
public interface WallClock {
  /// {@return milliseconds since 1970-01-01T00:00:00Z, without allocating}
  long millis();

  /// {@return the same moment as a value of `java.time`}
  default Instant instant() {
    return Instant.ofEpochMilli(millis());
  }

  /// {@return the clock of the operating system, [System#currentTimeMillis()]}
  static WallClock system() {
    return System::currentTimeMillis;
  }
}

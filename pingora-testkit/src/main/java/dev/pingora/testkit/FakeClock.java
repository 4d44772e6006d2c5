// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/// Civil time as the test sets it, back and forward. Pass it as `clock::millis`. Thread-safe.
public final class FakeClock {
  private final AtomicLong millis;

  /// A clock at 2000-01-01T00:00:00Z.
  public FakeClock() {
    this(Instant.parse("2000-01-01T00:00:00Z"));
  }

  /// A clock at the given moment.
  public FakeClock(Instant start) {
    millis = new AtomicLong(start.toEpochMilli());
  }

  /// {@return the present, in milliseconds since 1970}
  public long millis() {
    return millis.get();
  }

  /// {@return the present}
  public Instant instant() {
    return Instant.ofEpochMilli(millis());
  }

  /// Puts the clock to another moment, an earlier one too.
  public void set(Instant instant) {
    millis.set(instant.toEpochMilli());
  }

  /// Moves the clock, backwards if `step` is negative.
  public void advance(Duration step) {
    millis.addAndGet(step.toMillis());
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.tls;

import dev.pingora.limits.Gcra;
import java.time.Duration;
import java.util.function.LongSupplier;

/// How many handshakes a listener may begin, and what is said of those it may not: a token bucket
/// that holds a second's worth, and a line in a while however many are refused.
///
/// Thread-safe; taking is a compare-and-set.
final class HandshakeRate {
  /// Time between two lines.
  static final Duration SILENCE = Duration.ofSeconds(10);

  /// One bucket, whose key says nothing.
  private static final long KEY = 0;

  private final Gcra bucket;
  private final Tally refused;

  private HandshakeRate(Gcra bucket, LongSupplier nanoClock) {
    this.bucket = bucket;
    this.refused = new Tally(SILENCE, nanoClock);
  }

  /// {@return a rate of so many in a second, and so many at once}
  ///
  /// @param perSecond 1 or more
  static HandshakeRate of(int perSecond) {
    return of(perSecond, System::nanoTime);
  }

  /// As [#of(int)], by another clock.
  static HandshakeRate of(int perSecond, LongSupplier nanoClock) {
    return new HandshakeRate(
        Gcra.of(perSecond, Duration.ofSeconds(1), perSecond, 1, 1, nanoClock), nanoClock);
  }

  /// {@return whether one more may begin} If not, it is counted as refused.
  boolean begins() {
    if (bucket.take(KEY, 1) == 0) {
      return true;
    }
    refused.count();
    return false;
  }

  /// {@return how many were refused since this last said so; 0 when it is too early to say
  /// something again}
  long untold() {
    return refused.untold();
  }

  /// {@return all that were refused}
  long refused() {
    return refused.all();
  }
}

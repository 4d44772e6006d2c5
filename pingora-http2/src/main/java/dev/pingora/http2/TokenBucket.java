// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

/// A budget of events: so many at once, so many more as time goes by.
///
/// The clock is the caller's. Owned by the connection thread.
final class TokenBucket {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final long NEVER = Long.MAX_VALUE;

  private final int burst;
  private final long nanosPerToken;
  private int tokens;
  private long since;

  /// @param perPeriod tokens that come back every `periodSeconds`; 0 for none
  TokenBucket(int burst, int perPeriod, int periodSeconds) {
    this.burst = burst;
    this.tokens = burst;
    this.nanosPerToken =
        perPeriod == 0 ? NEVER : Math.max(1, periodSeconds * NANOS_PER_SECOND / perPeriod);
  }

  /// {@return whether a token could be taken}
  boolean take(long nowNanos) {
    if (tokens == burst) {
      since = nowNanos;
    } else {
      refill(nowNanos);
    }
    if (tokens == 0) {
      return false;
    }
    tokens--;
    return true;
  }

  /// Gives tokens back, up to the burst.
  void give(int count) {
    tokens = Math.min(burst, tokens + count);
  }

  private void refill(long nowNanos) {
    long earned = nanosPerToken == NEVER ? 0 : (nowNanos - since) / nanosPerToken;
    if (earned >= burst - tokens) {
      tokens = burst;
      since = nowNanos;
    } else if (earned > 0) {
      tokens += (int) earned;
      since += earned * nanosPerToken;
    }
  }
}

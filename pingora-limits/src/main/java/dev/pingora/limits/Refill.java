// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.limits;

import java.time.Duration;

/// The arithmetic of a bucket: what tokens cost in time.
///
/// A token takes `per/permits` nanoseconds, which is rarely a whole number: a third of a second,
/// three a minute. Times are therefore kept in *units* of 1/u ns, with u the denominator of that
/// fraction where it is 16 or less. That makes the rates that people write down exact, and the
/// clock good for 18 years. For other rates u is 1 and a cost is rounded up to a unit, so such a
/// bucket refills too slowly by less than 1 ns a call; its capacity is stretched, by a thousandth
/// at most, so that rounding alone never refuses the last token of a burst.
///
/// @param unitsPerNano u
/// @param unitsPerToken what a token costs, a whole number where `exact`
/// @param burst the tokens of a full bucket
/// @param limit the units that a full bucket is worth
record Refill(long unitsPerNano, double unitsPerToken, boolean exact, long burst, long limit) {
  private static final int MAX_UNITS_PER_NANO = 16;

  /// Leaves room to add a few of them without overflow.
  private static final long MAX_UNITS = 1L << 60;

  static Refill of(long permits, Duration per, long burst) {
    require("permits", permits, MAX_UNITS);
    long perNanos = nanos(per);
    require("per (ns)", perNanos, MAX_UNITS / MAX_UNITS_PER_NANO);
    long divisor = gcd(perNanos, permits);
    long denominator = permits / divisor;
    boolean exact = denominator <= MAX_UNITS_PER_NANO;
    long wholeUnits = perNanos / divisor;
    double perToken = exact ? wholeUnits : (double) perNanos / permits;
    require("burst", burst, (long) (MAX_UNITS / Math.max(1, perToken)));
    long limit = (long) Math.ceil(burst * perToken);
    if (exact) {
      return new Refill(denominator, perToken, true, burst, limit);
    }
    double roundedUp = burst * Math.ceil(perToken);
    return new Refill(1, perToken, false, burst, (long) Math.min(roundedUp, limit * 1.001));
  }

  private static long nanos(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException overflow) {
      return duration.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  private static void require(String name, long value, long max) {
    if (value < 1 || value > max) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: 1.." + max + ")");
    }
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  /// {@return the units that up to a burst of tokens take to refill, rounded up}
  long cost(long tokens) {
    // A double holds whole numbers to 2⁵³ only, so exact rates multiply as whole numbers.
    return exact ? tokens * (long) unitsPerToken : (long) Math.ceil(tokens * unitsPerToken);
  }

  /// {@return the whole tokens that refill in some units}
  long tokens(long units) {
    long tokens = exact ? units / (long) unitsPerToken : (long) (units / unitsPerToken);
    return Math.min(tokens, burst);
  }

  /// {@return units as nanoseconds, rounded up}
  long toNanos(long units) {
    return Math.ceilDiv(units, unitsPerNano);
  }
}

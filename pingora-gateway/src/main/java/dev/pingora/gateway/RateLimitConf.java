// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.KeyFault;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// How often each client may ask a route.
///
/// @param rate requests in the long run
/// @param burst requests that may come at once after a pause
/// @param key who is one client
record RateLimitConf(Frequency rate, long burst, ClientKey key) {
  /// Most requests in a unit of time, and at once: far from the limits of the arithmetic.
  static final long MAX_COUNT = 1_000_000;

  /// Longest time that a bucket may take to fill: what is longer was meant otherwise.
  private static final Duration MAX_REFILL = Duration.ofDays(365);

  RateLimitConf {
    long most = rate.count() * MAX_REFILL.dividedBy(rate.per().duration());
    if (burst > most) {
      throw new KeyFault(
          "burst",
          "is %d, which takes more than a year to come back at %s".formatted(burst, rate.text()),
          "expected: 1.." + Math.min(most, MAX_COUNT));
    }
  }

  /// So many in a unit of time.
  ///
  /// @param count 1 to [#MAX_COUNT]
  /// @param per the unit
  record Frequency(long count, Unit per) {
    static final String FORM = "100/s, 60/m or 1000/h, up to 1000000";
    private static final Pattern TEXT = Pattern.compile("([1-9][0-9]{0,6})/([smh])");

    static Frequency parse(String text) {
      Matcher parts = TEXT.matcher(text);
      long count = parts.matches() ? Long.parseLong(parts.group(1)) : 0;
      if (count < 1 || count > MAX_COUNT) {
        throw new IllegalArgumentException("is \"" + text + "\"");
      }
      return new Frequency(count, Unit.of(parts.group(2)));
    }

    /// {@return the text form}
    String text() {
      return count + "/" + per.text;
    }
  }

  /// A unit of time that rates are given in.
  enum Unit {
    SECOND("s", Duration.ofSeconds(1)),
    MINUTE("m", Duration.ofMinutes(1)),
    HOUR("h", Duration.ofHours(1));

    private final String text;
    private final Duration duration;

    Unit(String text, Duration duration) {
      this.text = text;
      this.duration = duration;
    }

    private static Unit of(String text) {
      for (Unit unit : values()) {
        if (unit.text.equals(text)) {
          return unit;
        }
      }
      throw new IllegalArgumentException("is \"" + text + "\"");
    }

    Duration duration() {
      return duration;
    }
  }

  /// Collects a [RateLimitConf]; confined to one thread.
  static final class Builder {
    @Nullable Frequency rate;
    @Nullable Long burst;
    ClientKey key = new ClientKey.ClientAddress();

    RateLimitConf build() {
      Frequency given = rate;
      if (given == null) {
        throw new KeyFault("rate", "is missing", "expected: " + Frequency.FORM);
      }
      return new RateLimitConf(given, burst == null ? given.count() : burst, key);
    }
  }
}

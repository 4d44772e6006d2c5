// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.memorycache;

import java.time.Duration;
import java.util.Optional;

/// How a cache came by its answer.
///
/// @param outcome what happened
/// @param age the time since the value expired; zero unless it was served stale
public record CacheStatus(Outcome outcome, Duration age) {
  /// A fresh value was there.
  public static final CacheStatus HIT = of(Outcome.HIT);

  /// Nothing was there.
  public static final CacheStatus MISS = of(Outcome.MISS);

  /// A value was there, but its time was up.
  public static final CacheStatus EXPIRED = of(Outcome.EXPIRED);

  /// Somebody else was loading the value, and it was waited for.
  public static final CacheStatus LOCK_HIT = of(Outcome.LOCK_HIT);

  /// What may happen.
  public enum Outcome {
    /// See [CacheStatus#HIT].
    HIT("hit"),
    /// See [CacheStatus#MISS].
    MISS("miss"),
    /// See [CacheStatus#EXPIRED].
    EXPIRED("expired"),
    /// See [CacheStatus#LOCK_HIT].
    LOCK_HIT("lock-hit"),
    /// See [CacheStatus#stale].
    STALE("stale");

    private final String word;

    Outcome(String word) {
      this.word = word;
    }
  }

  private static CacheStatus of(Outcome outcome) {
    return new CacheStatus(outcome, Duration.ZERO);
  }

  /// {@return that a value whose time is up was served all the same}
  ///
  /// @param age the time since it expired
  public static CacheStatus stale(Duration age) {
    return new CacheStatus(Outcome.STALE, age);
  }

  /// {@return whether the value came from the cache: a hit, a lock hit or stale}
  public boolean isHit() {
    return switch (outcome) {
      case HIT, LOCK_HIT, STALE -> true;
      case MISS, EXPIRED -> false;
    };
  }

  /// {@return whether a value was served whose time is up}
  public boolean isStale() {
    return outcome == Outcome.STALE;
  }

  /// {@return the time since the value expired, present only when it is stale}
  public Optional<Duration> staleAge() {
    return isStale() ? Optional.of(age) : Optional.empty();
  }

  /// {@return one lower-case word, for logs and metrics}
  public String word() {
    return outcome.word;
  }
}

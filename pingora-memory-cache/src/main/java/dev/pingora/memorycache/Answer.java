// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.memorycache;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A cache's answer.
///
/// @param value the value; null on a miss, and when it expired and a fresh one was asked for
/// @param status how it was come by
public record Answer<V>(@Nullable V value, CacheStatus status) {
  private static final Answer<?> MISS = new Answer<>(null, CacheStatus.MISS);
  private static final Answer<?> EXPIRED = new Answer<>(null, CacheStatus.EXPIRED);

  @SuppressWarnings("unchecked") // it holds no value
  static <V> Answer<V> miss() {
    return (Answer<V>) MISS;
  }

  @SuppressWarnings("unchecked") // it holds no value
  static <V> Answer<V> expired() {
    return (Answer<V>) EXPIRED;
  }

  /// {@return the value, absent where it is null}
  public Optional<V> toOptional() {
    return Optional.ofNullable(value);
  }
}

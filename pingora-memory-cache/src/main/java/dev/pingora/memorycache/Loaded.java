// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.memorycache;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What a loader found.
///
/// @param value the value
/// @param ttl how long it may be kept, in place of what the caller asked for; null to leave that to
///   the caller
public record Loaded<V>(V value, @Nullable Duration ttl) {

  /// Refuses null as a value, and negative times.
  public Loaded {
    requireNonNull(value, "value");
    MemoryCache.requireTtl(ttl);
  }

  /// {@return a value to be kept as long as the caller asked for}
  public static <V> Loaded<V> of(V value) {
    return new Loaded<>(value, null);
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.pool;

/// What a pool has done since it was made.
///
/// @param idle connections in the pool now
/// @param hits takes that found a connection
/// @param misses takes that found none
/// @param evictions connections closed to make room
/// @param expirations connections closed at their idle timeout
/// @param removals connections taken out by [Idle#remove], e.g. because the peer closed them
/// @param refusals puts that found no room
public record PoolStats(
    int idle,
    long hits,
    long misses,
    long evictions,
    long expirations,
    long removals,
    long refusals) {
  /// Nothing yet; the neutral element of [#plus].
  public static final PoolStats NONE = new PoolStats(0, 0, 0, 0, 0, 0, 0);

  /// {@return the sum, for the pools of several loops}
  public PoolStats plus(PoolStats other) {
    return new PoolStats(
        idle + other.idle,
        hits + other.hits,
        misses + other.misses,
        evictions + other.evictions,
        expirations + other.expirations,
        removals + other.removals,
        refusals + other.refusals);
  }
}

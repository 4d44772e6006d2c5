// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lru;

/// How much is there, as of one moment.
///
/// @param size entries held
/// @param weight the sum of their weights
/// @param evictedSize entries evicted so far
/// @param evictedWeight the sum of the weights of those
public record Totals(long size, long weight, long evictedSize, long evictedWeight) {}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lru;

/// What an [Lru] holds under a key.
///
/// @param key the key
/// @param value what was admitted with it
/// @param weight its weight, 1 or more
public record Entry<K, V>(K key, V value, long weight) {}

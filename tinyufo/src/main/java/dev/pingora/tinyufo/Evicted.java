// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tinyufo;

/// What left a [TinyUfo], or was never let in.
///
/// @param key its key
/// @param value its value
/// @param weight its weight
public record Evicted<K, V>(K key, V value, int weight) {}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// An in-memory cache that expires, and loads each missing value once.
///
/// [MemoryCache] keeps values for a time to live; what goes when room gets short is decided by
/// [dev.pingora.tinyufo.TinyUfo]. [ReadThroughCache] stands before an origin: it loads what is
/// missing, lets everybody who wants the same value wait for one load, serves stale values while it
/// refreshes them, and gets many at once.
///
/// {@snippet :
/// ReadThroughCache<String, Token> tokens = ReadThroughCache.of(100_000);
/// Answer<Token> answer = tokens.get(id, Duration.ofMinutes(5), key -> Loaded.of(fetch(key)));
/// log(answer.status().word());     // hit, miss, expired, lock-hit, stale
/// }
///
/// | situation | what happens |
/// |---|---|
/// | many want a missing value | one loads, the others park and share what comes of it |
/// | the load fails | all who waited fail with the same cause; the next to ask tries again |
/// | the loading thread is interrupted | one of those who wait takes over |
/// | a load takes too long | after [ReadThroughOptions#lockTimeout] who waited loads for itself |
/// | a value expired a moment ago | served stale if allowed, refreshed in the background if asked |
///
/// Keys are kept in full and compared by `equals`. Any thread may call anything.
package dev.pingora.memorycache;

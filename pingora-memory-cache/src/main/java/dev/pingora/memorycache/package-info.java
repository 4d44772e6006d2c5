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
/// answer.status().word(); // hit, miss, expired, lock-hit, stale
/// tokens.getStaleWhileUpdate(
///     id, Duration.ofMinutes(5), Duration.ofHours(1), key -> Loaded.of(fetch(key)));
/// tokens.multiGet(ids, Duration.ofMinutes(5), missing -> fetchAll(missing));
/// tokens.cache().put(id, token, Duration.ofMinutes(5)); // the plain cache below
/// }
///
/// | situation | what happens |
/// |---|---|
/// | many want a missing value | one loads, the others park and share what comes of it |
/// | the load fails | all who waited fail with the same cause; the next to ask tries again |
/// | the loading thread is interrupted | one of those who wait takes over |
/// | a load takes too long | after [ReadThroughOptions#lockTimeout] who waited loads for itself |
/// | a loader asks for its own key | it is told so, at once |
/// | a value expired a moment ago | served stale if allowed, refreshed in the background if asked |
/// | a value is heavier than the cache | shared by those who wait, and not kept |
/// | time goes back | values stay fresh for longer |
///
/// **Cost.** A hit is TinyUFO's, a reading of the clock unless the value lasts for ever, and the
/// answer, 24 bytes. A value takes 32 bytes more than there. A load under way takes two small
/// objects; waiting parks the thread.
///
/// **Limits.** Expired values stay until they are overwritten or evicted. 64 refreshes at a time,
/// waits of a minute, unless [ReadThroughOptions] say otherwise.
///
/// Where this differs from Pingora's `pingora-memory-cache`: keys are kept in full and compared by
/// `equals`; failures are shared, so an origin that is down sees one request, not one from each who
/// waited; a loader that is cancelled or dies frees its lock; keys of many are coalesced too;
/// refreshes are bounded; a ttl of zero also removes what was there.
///
/// Any thread may call anything.
///
/// Maven: `dev.pingora:pingora-memory-cache`; module: `dev.pingora.memorycache`.
package dev.pingora.memorycache;

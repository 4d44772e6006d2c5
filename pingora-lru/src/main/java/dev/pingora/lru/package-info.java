// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// A sharded, weighted list of what was used least recently.
///
/// [Lru] is the bookkeeping of a cache that keeps its content elsewhere, on disk say: it knows what
/// is there, what it weighs and what to delete next. It evicts when told to and hands over what
/// must go.
///
/// {@snippet :
/// Lru<String, Path> files = Lru.of(16, 10L << 30); // 16 shards, 10 GiB
/// files.admit("/a", Path.of("a.bin"), 4_096);
/// files.promoteTopN("/a", 8); // on every hit
/// for (Entry<String, Path> old : files.evictToLimit()) {
///   Files.deleteIfExists(old.value());
/// }
/// List<Entry<String, Path>> saved = files.entries(0); // of each shard, before the end
/// saved.forEach(e -> files.insertTail(e.key(), e.value(), e.weight())); // after the start
/// }
///
/// | | |
/// |---|---|
/// | order | least recently used in each shard; nearly so across shards |
/// | limits | total weight, and number of entries if wanted |
/// | weights | 0 (counts as 1) to 2⁴⁰; totals overflow with 8 million of these only |
/// | a hit | [Lru#promoteTopN]: 4 ns and no lock when the entry is in front already; else 240 ns |
/// | a new entry for an old one | 300 ns, 192 bytes allocated |
/// | memory | about 90 bytes an entry beside key and value |
/// | restart | [Lru#entries] saves the order, [Lru#insertTail] restores it |
///
/// For a cache that holds its values in memory see the module `dev.pingora.tinyufo`, whose hits
/// never take a lock and which resists scans.
///
/// Where this differs from Pingora's `pingora-lru`: the number of shards is an argument; what is in
/// front is known by counting arrivals, not by looking; nodes in place of a vector with a free
/// list; weights are bounded.
///
/// The module depends on nothing. Any thread may call anything; locks are held for a few
/// assignments.
///
/// Maven: `dev.pingora:pingora-lru`; module: `dev.pingora.lru`.
package dev.pingora.lru;

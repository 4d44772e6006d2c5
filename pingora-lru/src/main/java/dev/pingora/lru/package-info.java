// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// A sharded, weighted list of what was used least recently.
///
/// [Lru] is the bookkeeping of a cache that keeps its content elsewhere, on disk say: it knows what
/// is there, what it weighs and what to delete next. It evicts when told to and hands over what
/// must go.
///
/// | | |
/// |---|---|
/// | order | least recently used in each shard; nearly so across shards |
/// | limits | total weight, and number of entries if wanted |
/// | a hit | [Lru#promoteTopN]: no lock when the entry is at the front already |
/// | restart | [Lru#entries] saves the order, [Lru#insertTail] restores it |
///
/// For a cache that holds its values in memory see the module `dev.pingora.tinyufo`, whose hits
/// never take a lock and which resists scans.
///
/// The module depends on nothing. Any thread may call anything; locks are held for a few
/// assignments.
package dev.pingora.lru;

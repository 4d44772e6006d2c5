// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// A weighted cache: S3-FIFO eviction with TinyLFU admission.
///
/// [TinyUfo] is a bounded map for values that can be had again. It finds out what is worth keeping
/// from how often keys are asked for and from what it is sorry to have let go, so that neither a
/// scan nor a loop too long for it empties it, and it follows traffic that moves on. A hit costs a
/// lookup in a hash map.
///
/// {@snippet :
/// TinyUfo<String, byte[]> pages = TinyUfo.of(64 << 20, 10_000); // 64 MiB, about 10,000 pages
/// byte[] page = pages.get(path);
/// if (page == null) {
///   page = render(path);
///   for (Evicted<String, byte[]> old : pages.put(path, page, page.length)) {
///     freed += old.weight();
///   }
/// }
/// }
///
/// | | |
/// |---|---|
/// | bound | the total weight; what had to leave is returned by the put that made it leave |
/// | weights | 1 to 268,435,455, changed by an overwriting put |
/// | keys | kept in full: no two keys share an entry |
/// | threads | any; a hit takes no lock and writes only to the item, thrice at most |
/// | a hit | 11 ns of CPU; Caffeine beside it 64 to 103 |
/// | reading through, 82 % hits | 68 ns; Caffeine 126 |
/// | hits | Caffeine's share less 0.2 to plus 8 points on 34 traces |
/// | memory | 82 bytes an item beside key and value; Caffeine 83 |
///
/// The tables are in `benchmarks/README.md`. Two threads that do nothing but miss and evict meet at
/// the counters and the ends of the queues: there it is as fast as Caffeine, not faster.
///
/// Limits: no expiry (see `dev.pingora.memorycache`), no loading, no iteration. Threads that put at
/// the same time may each make room, and then a few items more than needed leave.
///
/// Where this differs from Pingora's `tinyufo`, on purpose: the newcomer is not compared when it
/// arrives but when it leaves the small queue, so every put is seen by a get that follows; a victim
/// that wins stays where it is; hits reach the sketch too, by way of the items' counts; the share
/// of the small queue follows the traffic; several victims are weighed together; overwriting
/// changes the weight at once. So there is no `force_put`, and no `new_compact`: there is one
/// table.
///
/// The module depends on nothing.
///
/// Maven: `dev.pingora:tinyufo`; module: `dev.pingora.tinyufo`.
package dev.pingora.tinyufo;

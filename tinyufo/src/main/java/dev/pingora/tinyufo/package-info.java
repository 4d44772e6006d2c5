// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// A weighted cache: S3-FIFO eviction with TinyLFU admission.
///
/// [TinyUfo] is a bounded map for values that can be had again. It finds out what is worth keeping
/// from how often keys are asked for, so that neither a scan nor a loop too long for it empties it,
/// and a hit costs a lookup in a hash map.
///
/// {@snippet :
/// TinyUfo<String, Page> pages = TinyUfo.of(64 << 20, 10_000);   // 64 MiB, about 10,000 pages
/// pages.put(path, page, page.bytes());
/// pages.get(path);
/// }
///
/// | | |
/// |---|---|
/// | bound | the total weight; what had to leave is returned by the put that made it leave |
/// | keys | kept in full: no two keys share an entry |
/// | threads | any; a hit takes no lock and writes only to the item, thrice at most |
/// | memory | about 80 bytes an item beside key and value |
///
/// Where this differs from Pingora's `tinyufo`, on purpose: the newcomer is not compared when it
/// arrives but when it leaves the small queue, so every put is seen by a get that follows; a victim
/// that wins stays where it is; hits reach the sketch too, by way of the items' counts; the share
/// of the small queue adapts; several victims are weighed together; overwriting changes the weight
/// at once. So there is no `force_put`, and no `new_compact`: there is one table.
///
/// The module depends on nothing.
package dev.pingora.tinyufo;

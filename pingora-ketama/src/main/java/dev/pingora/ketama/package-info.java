// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// Consistent hashing, point for point the ring of nginx.
///
/// [Continuum] maps keys to [Bucket]s so that most keys stay where they are when buckets come and
/// go: for caches, sessions and anything else that profits from meeting the same server again.
///
/// {@snippet :
/// Continuum ring = Continuum.of(List.of(Bucket.of("10.0.0.1:80"), new Bucket("10.0.0.2:80", 2)));
/// Bucket own = ring.node("/index.html").orElseThrow(); // the key's bucket
/// int at = ring.find("/index.html"); // or, without allocation, a position
/// for (int tries = 0; tries < 3 && isDown(ring, at); tries++) {
///   at = ring.next(at); // who comes next on the ring
/// }
/// ring = ring.with(List.of(Bucket.of("10.0.0.3:80"), own)); // after discovery: one pass
/// }
///
/// | | |
/// |---|---|
/// | same answers as | nginx `hash … consistent`, Pingora's `Ketama`, `Cache::Memcached::Fast` |
/// | addresses | any text: `host:port`, IPv6 in brackets, `unix:/path` |
/// | weights | 0 takes a bucket off the ring; more than 4,194,304 points in all are refused |
/// | buckets | 65,536 at most |
/// | a search | one checksum, two comparisons, no allocation: 38 ns at 1,000 buckets |
/// | a change | 0.6 ms when one of 1,000 buckets leaves; 11 ms to build them anew |
/// | memory | about eight bytes a point, 160 points a unit of weight |
///
/// [Continuum#compact] is Pingora's second version: any number of points, the same ring for any
/// order of the list.
///
/// Where this differs from Pingora's `pingora-ketama`: a weight of 0 drains where it panics there;
/// sizes are bounded; a ring is changed by computing what is new; a bucket's address may be any
/// text.
///
/// The module depends on nothing. A [Continuum] is immutable.
///
/// Maven: `dev.pingora:pingora-ketama`; module: `dev.pingora.ketama`.
package dev.pingora.ketama;

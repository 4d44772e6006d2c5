// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// Consistent hashing, point for point the ring of nginx.
///
/// [Continuum] maps keys to [Bucket]s so that most keys stay where they are when buckets come and
/// go: for caches, sessions and anything else that profits from meeting the same server again.
///
/// {@snippet :
/// Continuum ring = Continuum.of(List.of(Bucket.of("10.0.0.1:80"), Bucket.of("10.0.0.2:80")));
/// ring.node("/index.html");                    // the key's bucket
/// Continuum later = ring.with(newBuckets);     // after discovery, one pass
/// for (int at = ring.find(key), tries = 0; tries < 3; at = ring.next(at), tries++) { ... }
/// }
///
/// | | |
/// |---|---|
/// | same answers as | nginx `hash … consistent`, Pingora's `Ketama`, `Cache::Memcached::Fast` |
/// | addresses | any text: `host:port`, IPv6 in brackets, `unix:/path` |
/// | weights | 0 takes a bucket off the ring; the total is bounded by 4,194,304 points |
/// | a search | one checksum of the key and two comparisons, no allocation |
/// | memory | about eight bytes a point, 160 points a unit of weight |
///
/// The module depends on nothing. A [Continuum] is immutable.
package dev.pingora.ketama;

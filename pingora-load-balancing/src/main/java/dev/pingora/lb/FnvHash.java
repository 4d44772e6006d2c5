// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A backend by the hash of the key: the same key, the same backend, until the set changes
/// (Pingora's `FNVHash`).
///
/// **Idea.** FNV-1a of the key's octets, modulo the sum of the weights. If that backend takes no
/// work, the hash of the hash picks among all alike, and so on: a pseudo-random order of its own
/// for every key.
///
/// **Invariant.** A pure function of key and set. When the set changes nearly all keys move: where
/// that hurts, take [Ketama], [Maglev] or [Rendezvous].
///
/// **Cost.** One multiplication an octet of the key, and a search among the sums of weights that is
/// logarithmic where weights differ.
///
/// **Source.** Fowler, Noll, Vo: RFC 9923.
public final class FnvHash implements Selection {
  private static final long OFFSET = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private final Backend[] backends;

  /// Where the share of the next backend begins.
  private final int[] ends;

  private final int total;

  private FnvHash(Weighted weighted) {
    this.backends = weighted.backends();
    this.total = weighted.total();
    this.ends = weighted.shares().clone();
    for (int i = 1; i < ends.length; i++) {
      ends[i] += ends[i - 1];
    }
  }

  /// {@return a selection of these backends; those of weight 0 are never picked}
  ///
  /// @param previous of no use here
  public static FnvHash of(List<Backend> backends, @Nullable FnvHash previous) {
    return new FnvHash(Weighted.of(backends, Integer.MAX_VALUE / 2));
  }

  /// {@return the 64-bit FNV-1a hash of octets}
  static long fnv1a(byte[] octets) {
    long hash = OFFSET;
    for (byte octet : octets) {
      hash = (hash ^ (octet & 0xff)) * PRIME;
    }
    return hash;
  }

  /// {@return the hash of a number's eight octets, the lowest first}
  private static long fnv1a(long number) {
    long hash = OFFSET;
    for (int shift = 0; shift < 64; shift += 8) {
      hash = (hash ^ (number >>> shift & 0xff)) * PRIME;
    }
    return hash;
  }

  @Override
  public @Nullable Backend first(Object key) {
    if (total == 0) {
      return null;
    }
    int point = (int) Long.remainderUnsigned(fnv1a(HashKeys.octets(key)), total);
    return backends[total == backends.length ? point : find(point)];
  }

  private int find(int point) {
    int low = 0;
    int high = ends.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ends[middle] <= point) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  @Override
  public Iterator<Backend> further(Object key) {
    return backends.length == 0
        ? List.<Backend>of().iterator()
        : new Rehash(fnv1a(HashKeys.octets(key)));
  }

  /// Hashes the hash for ever.
  private final class Rehash implements Iterator<Backend> {
    private long hash;

    Rehash(long hash) {
      this.hash = hash;
    }

    @Override
    public boolean hasNext() {
      return true;
    }

    @Override
    public Backend next() {
      hash = fnv1a(hash);
      return backends[(int) Long.remainderUnsigned(hash, backends.length)];
    }
  }
}

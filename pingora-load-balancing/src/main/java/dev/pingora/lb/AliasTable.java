// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import java.util.List;

/// Picks by weight in constant time; see [RandomChoice]. Immutable.
final class AliasTable {
  private final Backend[] backends;

  /// Below its border a column gives itself, above it its alias; 31 bits, so that 2^31 is always.
  private final long[] border;

  private final int[] alias;

  private AliasTable(Backend[] backends, long[] border, int[] alias) {
    this.backends = backends;
    this.border = border;
    this.alias = alias;
  }

  static AliasTable of(List<Backend> all) {
    Weighted weighted = Weighted.of(all, Integer.MAX_VALUE / 2);
    int n = weighted.size();
    long[] border = new long[n];
    int[] alias = new int[n];
    // Heights in units of which a column holds `total`, so that all is exact.
    long[] height = new long[n];
    int[] small = new int[n];
    int[] large = new int[n];
    int smalls = 0;
    int larges = 0;
    long total = weighted.total();
    for (int i = 0; i < n; i++) {
      height[i] = (long) weighted.shares()[i] * n;
      if (height[i] < total) {
        small[smalls++] = i;
      } else {
        large[larges++] = i;
      }
    }
    while (smalls > 0) {
      int low = small[--smalls];
      int high = large[larges - 1]; // heights average to the total, so one is above
      border[low] = (long) ((double) height[low] / total * (1L << 31));
      alias[low] = high;
      height[high] -= total - height[low];
      if (height[high] < total) {
        larges--;
        small[smalls++] = high;
      }
    }
    while (larges > 0) {
      int full = large[--larges];
      border[full] = 1L << 31;
      alias[full] = full;
    }
    return new AliasTable(weighted.backends(), border, alias);
  }

  boolean isEmpty() {
    return backends.length == 0;
  }

  int size() {
    return backends.length;
  }

  /// {@return whom 64 random bits mean} The table must not be empty.
  Backend pick(long bits) {
    return backends[index(bits)];
  }

  private int index(long bits) {
    int column = HashKeys.reduce(bits, backends.length);
    return (bits & 0x7fff_ffffL) < border[column] ? column : alias[column];
  }

  /// {@return somebody else than the same bits picked, if there is one}: by weight, and where that
  /// is the same again, any other. So of two the choice is always between both.
  Backend pickOther(long bits) {
    int first = index(bits);
    long more = HashKeys.mix(bits);
    int second = index(more);
    int n = backends.length;
    if (second != first || n == 1) {
      return backends[second];
    }
    int skipped = first + 1 + HashKeys.reduce(HashKeys.mix(more), n - 1);
    return backends[skipped < n ? skipped : skipped - n];
  }
}

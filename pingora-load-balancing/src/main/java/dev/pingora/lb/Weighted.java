// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import java.util.Arrays;
import java.util.List;

/// Backends with a weight above zero, in an array, and their shares as small whole numbers.
///
/// @param backends those that take work
/// @param shares in proportion to the weights, at least 1 each
/// @param total of the shares
record Weighted(Backend[] backends, int[] shares, int total) {
  /// {@return the smallest whole numbers in proportion to the weights, scaled down where their sum
  /// is above `maxTotal`; every backend keeps at least one, so with more backends than that the sum
  /// is their number}
  static Weighted of(List<Backend> all, int maxTotal) {
    Backend[] willing = willing(all);
    int divisor = 0;
    for (Backend backend : willing) {
      divisor = gcd(divisor, backend.weight());
    }
    long sum = 0;
    for (Backend backend : willing) {
      sum += backend.weight() / divisor; // at most 2^31 backends of 16 bits
    }
    int[] shares = new int[willing.length];
    int total = 0;
    for (int i = 0; i < willing.length; i++) {
      long share = willing[i].weight() / divisor;
      shares[i] = (int) (sum > maxTotal ? Math.max(1, share * maxTotal / sum) : share);
      total += shares[i];
    }
    return new Weighted(willing, shares, total);
  }

  /// {@return those with a weight above zero} A loop: updates of thousands of backends feel the
  /// difference to a stream.
  static Backend[] willing(List<Backend> all) {
    Backend[] willing = new Backend[all.size()];
    int size = 0;
    for (Backend backend : all) {
      if (backend.weight() > 0) {
        willing[size++] = backend;
      }
    }
    return size == willing.length ? willing : Arrays.copyOf(willing, size);
  }

  int size() {
    return backends.length;
  }

  /// {@return whether all have the same share}
  boolean isEven() {
    return total == backends.length;
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}

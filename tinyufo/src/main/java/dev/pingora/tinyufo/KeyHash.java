// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tinyufo;

import java.util.random.RandomGenerator;

/// What sketch and balance know a key by: 32 bits, under secrets of the cache.
///
/// Not by `hashCode`: texts are what strangers choose, and texts of equal `hashCode` are easily
/// made (`"Aa"` and `"BB"`, in any number one after another). In the sketch all of them would be
/// one key, a popular one, and each would win its contest without ever having been asked for. So
/// texts are hashed in full; of other keys the `hashCode` is all there is, and equal ones count
/// together.
///
/// Taken when an item enters a queue, and when it is decided whether it leaves: a hit does not come
/// here.
final class KeyHash {
  private final long seed;
  private final long multiplier;

  KeyHash(RandomGenerator random) {
    this(random.nextLong(), random.nextLong());
  }

  KeyHash(long seed, long multiplier) {
    this.seed = seed;
    this.multiplier = multiplier | 1;
  }

  int of(Object key) {
    return key instanceof String text ? ofText(text) : Sketch.spread(key.hashCode() ^ (int) seed);
  }

  private int ofText(String text) {
    int length = text.length();
    long hash = seed;
    int i = 0;
    for (; i + 8 <= length; i += 8) {
      hash = fold(fourChars(text, i) ^ multiplier, fourChars(text, i + 4) ^ hash);
    }
    long first = 0;
    if (i + 4 <= length) {
      first = fourChars(text, i);
      i += 4;
    }
    long rest = 0;
    for (; i < length; i++) {
      rest = rest << 16 | text.charAt(i);
    }
    hash = fold(first ^ multiplier, rest ^ hash);
    // In a step of its own: mixed with text, a text of another length could make good for it.
    hash = fold(hash, multiplier ^ length);
    return (int) (hash ^ hash >>> 32);
  }

  private static long fourChars(String text, int at) {
    return (long) text.charAt(at) << 48
        | (long) text.charAt(at + 1) << 32
        | (long) text.charAt(at + 2) << 16
        | text.charAt(at + 3);
  }

  /// Unsigned: of a signed product and its negative the folds are the same but for a bit, whatever
  /// the secret.
  private static long fold(long a, long b) {
    return Math.unsignedMultiplyHigh(a, b) ^ (a * b);
  }
}

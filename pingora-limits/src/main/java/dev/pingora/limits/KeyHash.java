// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.limits;

import java.net.InetAddress;
import java.util.random.RandomGenerator;

/// A 64-bit hash of a key under a secret of its instance.
///
/// `Object.hashCode` alone would hand the tables of this module to whoever chooses the keys: it has
/// 32 bits and no secret, so `"Aa"` and `"BB"` collide everywhere, and a client that sends the
/// second is counted as the first. Text, bytes and addresses are therefore hashed in full here; a
/// key of any other type is only as good as its own `hashCode`.
///
/// The mix multiplies to 128 bits and folds the halves together, eight bytes a step. It keeps
/// strangers from finding collisions without seeing hashes; it is not a cryptographic hash.
final class KeyHash {
  private final long seed;
  private final long multiplier;

  KeyHash(RandomGenerator random) {
    seed = random.nextLong();
    multiplier = random.nextLong() | 1;
  }

  long of(long key) {
    return fold(key ^ seed, multiplier);
  }

  long of(Object key) {
    if (key instanceof String text) {
      return ofText(text);
    }
    if (key instanceof byte[] bytes) {
      return ofBytes(bytes);
    }
    if (key instanceof InetAddress address) {
      return ofBytes(address.getAddress());
    }
    if (key instanceof Long number) {
      return of(number.longValue());
    }
    return of((long) key.hashCode());
  }

  private long ofText(String text) {
    int length = text.length();
    long hash = seed ^ length;
    int i = 0;
    for (; i + 4 <= length; i += 4) {
      hash = fold(hash ^ fourChars(text, i), multiplier);
    }
    long rest = 0;
    for (; i < length; i++) {
      rest = rest << 16 | text.charAt(i);
    }
    return fold(hash ^ rest, multiplier);
  }

  private static long fourChars(String text, int at) {
    return (long) text.charAt(at) << 48
        | (long) text.charAt(at + 1) << 32
        | (long) text.charAt(at + 2) << 16
        | text.charAt(at + 3);
  }

  private long ofBytes(byte[] bytes) {
    // The complement keeps four bytes apart from two characters with the same bits.
    long hash = seed ^ ~bytes.length;
    long block = 0;
    for (int i = 0; i < bytes.length; i++) {
      block = block << 8 | (bytes[i] & 0xff);
      if ((i & 7) == 7) {
        hash = fold(hash ^ block, multiplier);
        block = 0;
      }
    }
    return fold(hash ^ block, multiplier);
  }

  private static long fold(long a, long b) {
    return Math.multiplyHigh(a, b) ^ (a * b);
  }
}

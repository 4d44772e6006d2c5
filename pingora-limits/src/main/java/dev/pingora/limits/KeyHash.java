// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.limits;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetAddress;
import java.nio.ByteOrder;
import java.util.random.RandomGenerator;

/// A 64-bit hash of a key under secrets of its instance.
///
/// `Object.hashCode` alone would hand the tables of this module to whoever chooses the keys: it has
/// 32 bits and no secret, so `"Aa"` and `"BB"` collide everywhere, and a client that sends the
/// second is counted as the first. Text, bytes and addresses are therefore hashed in full here; a
/// key of any other type is only as good as its own `hashCode`.
///
/// **Mix.** Sixteen bytes a step, as wyhash does: both halves are masked, one by a secret and one
/// by the state, which is secret too, multiplied to 128 bits *unsigned*, and the product's halves
/// folded together. A last step takes in the length. What a change of the key does to a product is
/// a multiple of the other factor, which nobody knows; signed products would not do, because `-x`
/// times `m` folds to almost what `x` times `m` does, whatever the secrets.
///
/// **Guarantee.** No pair of keys is known that collides more often than by chance (2⁻⁶⁴) over the
/// secrets, as long as nobody sees hashes. That is an argument and tests, not a proof, and this is
/// no cryptographic hash: who can see hashes finds collisions.
final class KeyHash {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final long seed;
  private final long mask;
  private final long lastMask;
  private final long multiplier;

  KeyHash(RandomGenerator random) {
    seed = random.nextLong();
    mask = random.nextLong();
    lastMask = random.nextLong();
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
    long hash = seed;
    int i = 0;
    for (; i + 8 <= length; i += 8) {
      hash = step(hash, fourChars(text, i), fourChars(text, i + 4));
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
    return last(step(hash, first, rest), length);
  }

  private static long fourChars(String text, int at) {
    return (long) text.charAt(at) << 48
        | (long) text.charAt(at + 1) << 32
        | (long) text.charAt(at + 2) << 16
        | text.charAt(at + 3);
  }

  private long ofBytes(byte[] bytes) {
    int length = bytes.length;
    long hash = seed;
    int i = 0;
    for (; i + 16 <= length; i += 16) {
      hash = step(hash, eightBytes(bytes, i), eightBytes(bytes, i + 8));
    }
    long first = 0;
    if (i + 8 <= length) {
      first = eightBytes(bytes, i);
      i += 8;
    }
    long rest = 0;
    for (; i < length; i++) {
      rest = rest << 8 | (bytes[i] & 0xff);
    }
    // The complement keeps four bytes apart from two characters with the same bits.
    return last(step(hash, first, rest), ~length);
  }

  private static long eightBytes(byte[] bytes, int at) {
    return (long) LONGS.get(bytes, at);
  }

  private long step(long hash, long first, long second) {
    return fold(first ^ mask, second ^ hash);
  }

  /// Takes in the length, in a step of its own: mixed with text, a text of another length could
  /// make good for it.
  private long last(long hash, int length) {
    return fold(hash ^ lastMask, length ^ multiplier);
  }

  private static long fold(long a, long b) {
    return Math.unsignedMultiplyHigh(a, b) ^ (a * b);
  }
}

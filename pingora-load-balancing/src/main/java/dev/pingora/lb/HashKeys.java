// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// What selections hash: 64 bits of whatever belongs together.
///
/// Text and addresses hash to the same everywhere, so proxies agree about them. Of a client's
/// address the port is left out: the next connection comes from another. These hashes spread well
/// and are no secret: who may choose keys may choose them for one backend.
final class HashKeys {
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private HashKeys() {}

  /// {@return 64 well-mixed bits of a key}
  static long hash(Object key) {
    return switch (key) {
      case String text -> mix(text.hashCode());
      case InetSocketAddress inet when inet.getAddress() != null -> hash(inet.getAddress());
      case InetSocketAddress inet -> mix(inet.getHostString().hashCode());
      case InetAddress ip -> hash(ip);
      case byte[] octets -> mix(Arrays.hashCode(octets));
      default -> mix(key.toString().hashCode());
    };
  }

  /// Inet4Address hashes to its 32 bits; Inet6Address to the sum of four words, of which clients
  /// choose some.
  private static long hash(InetAddress ip) {
    return mix(ip instanceof Inet6Address six ? Arrays.hashCode(six.getAddress()) : ip.hashCode());
  }

  /// {@return the octets of a key, for hashes that are defined over octets}
  static byte[] octets(Object key) {
    return switch (key) {
      case byte[] octets -> octets;
      case InetSocketAddress inet when inet.getAddress() != null -> inet.getAddress().getAddress();
      case InetSocketAddress inet -> inet.getHostString().getBytes(StandardCharsets.UTF_8);
      case InetAddress ip -> ip.getAddress();
      default -> key.toString().getBytes(StandardCharsets.UTF_8);
    };
  }

  /// The finalizer of SplittableRandom (Stafford's variant 13): every bit of the input changes half
  /// of the output's.
  static long mix(long bits) {
    long z = bits * GOLDEN;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /// {@return one of `n` by the high bits of a hash, without a division}
  static int reduce(long hash, int n) {
    return (int) (((hash >>> 32) * n) >>> 32);
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.ketama;

import java.nio.charset.StandardCharsets;

/// The chain of points of one bucket, as nginx and `Cache::Memcached::Fast` compute it: `point[i] =
/// crc32(host NUL port point[i-1])`, the former point as four bytes, the lowest first, and zero
/// before the first.
///
/// How an address splits is part of the contract. `unix:` and its path are a host without the
/// prefix. Elsewhere the port is what follows the last colon if that is digits only; with no such
/// colon all is host.
final class PointChain {
  private final int base;
  private int point;

  PointChain(String address) {
    byte[] octets = address.getBytes(StandardCharsets.UTF_8);
    boolean unix = address.regionMatches(true, 0, "unix:", 0, 5);
    int colon = unix ? octets.length : portColon(octets);
    int register = Crc32.start();
    for (int i = unix ? 5 : 0; i < colon; i++) {
      register = Crc32.octet(register, octets[i]);
    }
    register = Crc32.octet(register, 0);
    for (int i = colon + 1; i < octets.length; i++) {
      register = Crc32.octet(register, octets[i]);
    }
    base = register;
  }

  /// {@return where the colon before the port is, or the length}
  private static int portColon(byte[] octets) {
    int i = octets.length - 1;
    while (i >= 0 && octets[i] >= '0' && octets[i] <= '9') {
      i--;
    }
    return i >= 0 && octets[i] == ':' ? i : octets.length;
  }

  /// {@return the next point}
  int next() {
    point = Crc32.finish(Crc32.fourOctets(base, point));
    return point;
  }
}

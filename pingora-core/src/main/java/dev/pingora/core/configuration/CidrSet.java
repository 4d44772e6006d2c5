// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// A set of networks that is asked whether it holds an address: allow and deny lists, trusted
/// proxies.
///
/// Two networks are either apart or one lies within the other, so after those within others are
/// dropped the rest are ordered and apart: the only candidate is the last one that does not begin
/// above the address. A look-up is a binary search over the first addresses, and allocates the one
/// array that [InetAddress#getAddress] makes. Immutable.
public final class CidrSet {
  private static final Comparator<Cidr> BY_FIRST =
      Comparator.<Cidr, byte[]>comparing(c -> c.network().getAddress(), Arrays::compareUnsigned)
          .thenComparingInt(Cidr::prefix);

  private final byte[][] firsts4;
  private final byte[][] lasts4;
  private final byte[][] firsts6;
  private final byte[][] lasts6;

  private CidrSet(List<Cidr> four, List<Cidr> six) {
    firsts4 = firsts(four);
    lasts4 = lasts(four);
    firsts6 = firsts(six);
    lasts6 = lasts(six);
  }

  /// {@return the set of these networks}
  public static CidrSet of(List<Cidr> networks) {
    return new CidrSet(apart(networks, 4), apart(networks, 16));
  }

  /// {@return whether no address is in the set}
  public boolean isEmpty() {
    return firsts4.length + firsts6.length == 0;
  }

  /// {@return whether one of the networks holds `address`}
  ///
  /// The JDK turns an IPv4-mapped IPv6 address into the IPv4 one, so a dual-stack socket needs no
  /// second entry.
  public boolean contains(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == 4 ? within(firsts4, lasts4, bytes) : within(firsts6, lasts6, bytes);
  }

  private static boolean within(byte[][] firsts, byte[][] lasts, byte[] address) {
    int found = Arrays.binarySearch(firsts, address, Arrays::compareUnsigned);
    int candidate = found >= 0 ? found : -found - 2;
    return candidate >= 0 && Arrays.compareUnsigned(address, lasts[candidate]) <= 0;
  }

  private static List<Cidr> apart(List<Cidr> networks, int length) {
    List<Cidr> sorted =
        networks.stream()
            .filter(c -> c.network().getAddress().length == length)
            .sorted(BY_FIRST)
            .toList();
    List<Cidr> kept = new ArrayList<>();
    for (Cidr cidr : sorted) {
      if (kept.isEmpty() || !kept.getLast().contains(cidr.network())) {
        kept.add(cidr);
      }
    }
    return kept;
  }

  private static byte[][] firsts(List<Cidr> networks) {
    return networks.stream().map(c -> c.network().getAddress()).toArray(byte[][]::new);
  }

  private static byte[][] lasts(List<Cidr> networks) {
    return networks.stream().map(CidrSet::last).toArray(byte[][]::new);
  }

  private static byte[] last(Cidr cidr) {
    byte[] last = cidr.network().getAddress();
    for (int i = 0; i < last.length; i++) {
      int bits = Math.clamp(cidr.prefix() - i * 8L, 0, 8);
      last[i] |= (byte) (0xff >> bits);
    }
    return last;
  }
}

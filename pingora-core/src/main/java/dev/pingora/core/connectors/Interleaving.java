// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.connectors;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// The order in which the addresses of a name are tried.
final class Interleaving {
  private Interleaving() {}

  /// {@return the addresses with their families in turn, the first one's first} RFC 8305 §4, with a
  /// First Address Family Count of 1: when one family does not work here, every other attempt does
  /// not need it.
  static List<InetAddress> of(List<InetAddress> addresses) {
    Deque<InetAddress> same = new ArrayDeque<>();
    Deque<InetAddress> other = new ArrayDeque<>();
    for (InetAddress address : addresses) {
      (isIpv6(address) == isIpv6(addresses.getFirst()) ? same : other).add(address);
    }
    List<InetAddress> order = new ArrayList<>(addresses.size());
    while (!same.isEmpty() || !other.isEmpty()) {
      if (!same.isEmpty()) {
        order.add(same.remove());
      }
      if (!other.isEmpty()) {
        order.add(other.remove());
      }
    }
    return order;
  }

  static boolean isIpv6(InetAddress address) {
    return address instanceof Inet6Address;
  }
}

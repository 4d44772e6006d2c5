// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/// A network: the addresses whose first bits are the same (RFC 4632 §3.1, RFC 4291 §2.3).
///
/// @param network the first address; its bits behind the prefix are zero
/// @param prefix how many bits are the same
public record Cidr(InetAddress network, int prefix) {
  /// The text forms.
  public static final String FORM = "10.0.0.0/8, 2001:db8::/32 or one address";

  /// Refuses a prefix longer than the address and bits behind the prefix.
  public Cidr {
    byte[] address = network.getAddress();
    if (prefix < 0 || prefix > address.length * 8) {
      throw new IllegalArgumentException(
          "prefix length %d is not within 0..%d".formatted(prefix, address.length * 8));
    }
    byte[] masked = masked(address, prefix);
    if (!Arrays.equals(address, masked)) {
      throw new IllegalArgumentException(
          "%s/%d has bits behind its prefix; the network is %s/%d"
              .formatted(network.getHostAddress(), prefix, of(masked).getHostAddress(), prefix));
    }
  }

  /// {@return the network that `text` names; an address alone is a network of one}
  ///
  /// @throws IllegalArgumentException with what is wrong
  public static Cidr parse(String text) {
    int slash = text.indexOf('/');
    String host = slash < 0 ? text : text.substring(0, slash);
    var family = host.indexOf(':') >= 0 ? Address.Family.IPV6 : Address.Family.IPV4;
    InetAddress network = Address.ip(host, family);
    if (slash < 0) {
      return new Cidr(network, network.getAddress().length * 8);
    }
    String length = text.substring(slash + 1);
    if (!length.matches("0|[1-9][0-9]{0,2}")) {
      throw new IllegalArgumentException(Quoted.of(text) + " has no prefix length");
    }
    return new Cidr(network, Integer.parseInt(length));
  }

  /// {@return whether `address` is of this network}
  public boolean contains(InetAddress address) {
    byte[] bytes = address.getAddress();
    byte[] first = network.getAddress();
    return bytes.length == first.length && Arrays.equals(masked(bytes, prefix), first);
  }

  private static byte[] masked(byte[] address, int prefix) {
    byte[] masked = address.clone();
    for (int i = 0; i < masked.length; i++) {
      int bits = Math.clamp(prefix - i * 8L, 0, 8);
      masked[i] &= (byte) (0xff00 >> bits);
    }
    return masked;
  }

  private static InetAddress of(byte[] address) {
    try {
      return InetAddress.getByAddress(address);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("addresses have 4 or 16 bytes", e);
    }
  }

  /// {@return `10.0.0.0/8`}
  @Override
  public String toString() {
    return network.getHostAddress() + "/" + prefix;
  }
}

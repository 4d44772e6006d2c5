// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Networks, and sets of them.
final class CidrTest {

  private static InetAddress ip(String text) {
    return InetAddress.ofLiteral(text);
  }

  @Test
  void networksHoldTheirAddresses() {
    assertThat(Cidr.parse("10.0.0.0/8").contains(ip("10.255.255.255"))).isTrue();
    assertThat(Cidr.parse("10.0.0.0/8").contains(ip("11.0.0.0"))).isFalse();
    assertThat(Cidr.parse("10.0.0.0/8").contains(ip("::1"))).isFalse();
    assertThat(Cidr.parse("10.1.2.3").contains(ip("10.1.2.3"))).isTrue();
    assertThat(Cidr.parse("10.1.2.3").contains(ip("10.1.2.4"))).isFalse();
    assertThat(Cidr.parse("0.0.0.0/0").contains(ip("255.255.255.255"))).isTrue();
    assertThat(Cidr.parse("2001:db8::/33").contains(ip("2001:db8:7fff::1"))).isTrue();
    assertThat(Cidr.parse("2001:db8::/33").contains(ip("2001:db8:8000::1"))).isFalse();
  }

  @Test
  void aMappedAddressIsTheIpv4One() {
    assertThat(Cidr.parse("10.0.0.0/8").contains(ip("::ffff:10.1.1.1"))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/08",
        "10/8",
        "::/129",
        "10.0.0.0/8/8",
        "localhost/8",
        "10.0.0.0/255.0.0.0",
        "10.0.0.0 /8",
        "::g/8"
      })
  void whatIsNoNetworkIsRefused(String text) {
    assertThatThrownBy(() -> Cidr.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void bitsBehindThePrefixAreRefusedAndTheNetworkNamed() {
    assertThatThrownBy(() -> Cidr.parse("10.1.0.0/8"))
        .hasMessage("10.1.0.0/8 has bits behind its prefix; the network is 10.0.0.0/8");
  }

  @Test
  void anEmptySetHoldsNothing() {
    assertThat(CidrSet.of(List.of()).isEmpty()).isTrue();
    assertThat(CidrSet.of(List.of()).contains(ip("10.0.0.1"))).isFalse();
    assertThat(CidrSet.of(List.of(Cidr.parse("::/0"))).isEmpty()).isFalse();
  }

  @Test
  void aSetAnswersAsItsNetworksDo() throws UnknownHostException {
    var random = new Random(20_261_121);
    for (int round = 0; round < 300; round++) {
      List<Cidr> networks = new ArrayList<>();
      for (int i = random.nextInt(8); i > 0; i--) {
        networks.add(network(random));
      }
      CidrSet set = CidrSet.of(networks);
      for (int i = 0; i < 200; i++) {
        InetAddress address = address(random);
        assertThat(set.contains(address))
            .as("%s in %s", address, networks)
            .isEqualTo(networks.stream().anyMatch(n -> n.contains(address)));
      }
    }
  }

  /// Few distinct bytes, so that networks nest and touch.
  private static InetAddress address(Random random) throws UnknownHostException {
    byte[] bytes = new byte[random.nextInt(4) == 0 ? 16 : 4];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) new int[] {0, 1, 127, 128, 255}[random.nextInt(5)];
    }
    return InetAddress.getByAddress(bytes);
  }

  private static Cidr network(Random random) throws UnknownHostException {
    byte[] bytes = address(random).getAddress();
    int prefix = random.nextInt(bytes.length * 8 + 1);
    for (int bit = prefix; bit < bytes.length * 8; bit++) {
      bytes[bit / 8] &= (byte) ~(0x80 >> (bit % 8));
    }
    return new Cidr(InetAddress.getByAddress(bytes), prefix);
  }
}

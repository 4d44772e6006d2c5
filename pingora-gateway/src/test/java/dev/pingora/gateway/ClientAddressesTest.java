// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.core.configuration.Cidr;
import dev.pingora.core.configuration.CidrSet;
import dev.pingora.http.Fields;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Whose request it is, whatever stands between.
class ClientAddressesTest {
  private static final ClientAddresses TRUSTING =
      new ClientAddresses(
          CidrSet.of(Stream.of("10.0.0.0/8", "2001:db8:1::/48").map(Cidr::parse).toList()));

  private static String client(ClientAddresses addresses, String peer, String... forwardedFor) {
    Fields fields = Fields.empty();
    for (String line : forwardedFor) {
      fields.add("X-Forwarded-For", line);
    }
    InetSocketAddress from = new InetSocketAddress(InetAddress.ofLiteral(peer), 4711);
    return Objects.requireNonNull(addresses.of(from, fields), "an address").getHostAddress();
  }

  @Test
  void believesNobodyUnlessTold() {
    ClientAddresses nobody = new ClientAddresses(CidrSet.of(List.of()));
    assertThat(client(nobody, "10.0.0.1", "192.0.2.1")).isEqualTo("10.0.0.1");
  }

  @Test
  void doesNotBelieveStrangers() {
    assertThat(client(TRUSTING, "192.0.2.9", "198.51.100.1")).isEqualTo("192.0.2.9");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "198.51.100.1 | 198.51.100.1",
        "203.0.113.66, 198.51.100.1 | 198.51.100.1",
        "203.0.113.66,10.9.9.9,198.51.100.1,10.0.0.2 , 10.0.0.3 | 198.51.100.1",
        "10.0.0.2, 10.0.0.3 | 10.0.0.2",
        "198.51.100.1:8080 | 198.51.100.1",
        "[2001:db8::7]:443, 2001:db8:1::1 | 2001:db8:0:0:0:0:0:7",
        "2001:db8::7 | 2001:db8:0:0:0:0:0:7",
        "unknown | 10.0.0.1",
        "198.51.100.1, unknown, 10.0.0.2 | 10.0.0.2",
        "198.51.100.1, , 10.0.0.2 | 10.0.0.2",
        "198.51.100.1/24 | 10.0.0.1",
        "[2001:db8::7 | 10.0.0.1",
        "localhost | 10.0.0.1",
        "'' | 10.0.0.1",
        "',' | 10.0.0.1",
        "',,,' | 10.0.0.1",
      })
  void takesTheLastWhomATrustedProxySaw(String list, String expected) {
    assertThat(client(TRUSTING, "10.0.0.1", list)).isEqualTo(expected);
  }

  @Test
  void readsAllLinesAsOneList() {
    assertThat(client(TRUSTING, "10.0.0.1", "203.0.113.66", "198.51.100.1", "10.0.0.2"))
        .isEqualTo("198.51.100.1");
    assertThat(client(TRUSTING, "10.0.0.1")).isEqualTo("10.0.0.1");
  }

  @Test
  void followsNoEndlessChain() {
    String chain = "198.51.100.1" + ", 10.0.0.7".repeat(ClientAddresses.MAX_PROXIES - 1);
    assertThat(client(TRUSTING, "10.0.0.1", chain)).isEqualTo("198.51.100.1");
    assertThat(client(TRUSTING, "10.0.0.1", chain + ", 10.0.0.8")).isEqualTo("10.0.0.7");
  }

  @Test
  void knowsNoAddressBehindAUnixSocket() {
    assertThat(TRUSTING.of(UnixDomainSocketAddress.of("/a"), Fields.empty())).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.1",
    "2001:db8:1:2:3:4:5:6, 2001:db8:1:2:0:0:0:0",
    "2001:db8:1:2::, 2001:db8:1:2:0:0:0:0"
  })
  void aClientOfIpv6HasANetwork(String address, String network) {
    assertThat(ClientAddresses.network(InetAddress.ofLiteral(address)).getHostAddress())
        .isEqualTo(network);
  }
}

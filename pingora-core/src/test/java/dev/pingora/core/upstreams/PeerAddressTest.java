// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.upstreams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.core.configuration.Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Addresses of peers, from text.
class PeerAddressTest {
  @Test
  void takesAddressesNamesAndPaths() {
    assertThat(Address.peer("10.0.0.1:80"))
        .isEqualTo(new InetSocketAddress(InetAddress.ofLiteral("10.0.0.1"), 80));
    assertThat(Address.peer("[2001:db8::1]:443"))
        .isEqualTo(new InetSocketAddress(InetAddress.ofLiteral("2001:db8::1"), 443));
    assertThat(Address.peer("app.test:8080"))
        .isEqualTo(InetSocketAddress.createUnresolved("app.test", 8080));
    assertThat(Address.peer("unix:/run/app.sock"))
        .isEqualTo(UnixDomainSocketAddress.of("/run/app.sock"));
  }

  /// What looks like an address and is none would otherwise be looked up, and block.
  @Test
  void refusesWhatIsNone() {
    for (String bad :
        List.of(
            "",
            "app",
            ":80",
            "app:",
            "app:0",
            "app:65536",
            "app:x",
            "1.2.3.999:80",
            "1.2:80",
            "1:80",
            "[localhost]:80",
            "[1.2.3.4]:80",
            "[::x]:80",
            "::1:80",
            "[::1]",
            "a b:80",
            "a/b:80",
            "a@b:80")) {
      assertThatThrownBy(() -> Address.peer(bad))
          .as(bad)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected: ip:port");
    }
  }

  @Test
  void peersSayWhatTheyAre() {
    HttpPeer peer = HttpPeer.http("app.test:8080");
    assertThat(peer).hasToString("addr: app.test:8080, scheme: HTTP");
    assertThat(peer.authority()).isEqualTo("app.test:8080");
    assertThat(HttpPeer.uds("/run/app.sock").authority()).isEqualTo("localhost");
    ConnectProxy proxy =
        new ConnectProxy(UnixDomainSocketAddress.of("/run/p"), "app.test", 8080, List.of());
    assertThat(peer.withProxy(proxy).toString()).endsWith("proxy: unix:/run/p");
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Text forms of addresses.
final class AddressTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1:80",
        "0.0.0.0:0",
        "[::]:6188",
        "[2001:db8::1]:65535",
        "localhost:80",
        "app_1.internal:8080",
        "a.example.:443",
        "x2:1",
        "unix:/run/app.sock"
      })
  void whatIsReadIsPrintedAlike(String text) {
    assertThat(Address.parse(text)).hasToString(text);
  }

  @Test
  void partsAreTakenApart() {
    assertThat(Address.parse("[::1]:8")).isEqualTo(new Address.Tcp("::1", 8));
    assertThat(Address.parse("unix:/a b")).isEqualTo(new Address.Unix(Path.of("/a b")));
    assertThat(new Address.Tcp("::1", 8).isLiteral()).isTrue();
    assertThat(new Address.Tcp("10.0.0.1", 8).isLiteral()).isTrue();
    assertThat(new Address.Tcp("10.example", 8).isLiteral()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "127.0.0.1|has no port",
        "127.0.0.1:|has no port",
        "127.0.0.1:http|has no port",
        "127.0.0.1:+80|has no port",
        "127.0.0.1:٣|has no port",
        "127.0.0.1:123456|has no port",
        "127.0.0.1:65536|has a port above 65535",
        "[::1]|has no port",
        "::1:80|is an IPv6 address without brackets",
        "[::1:80|is an IPv6 address without brackets",
        "[127.0.0.1]:80|is no IPv6 address",
        "[x]:80|is no IPv6 address",
        "256.0.0.1:80|is no IPv4 address",
        "127.1:80|is no IPv4 address",
        "127.0.0.01:80|is no IPv4 address",
        "1.2.3.4.5:80|is no IPv4 address",
        ":80|has no host",
        "a b:80|names no host",
        "-a.example:80|names no host",
        "a..example:80|names no host",
        "http://a.example:80|is an IPv6 address without brackets",
        "unix:|is not an absolute path",
        "unix:relative|is not an absolute path",
      })
  void whatIsRefusedIsTold(String text, String what) {
    String wrong =
        text.startsWith("[") || text.matches("[0-9.]+:80") ? what : '"' + text + "\" " + what;
    assertThatThrownBy(() -> Address.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith(wrong);
  }

  @Test
  void aUnixPathFitsTheKernel() {
    String most = "unix:/" + "x".repeat(Address.MAX_UNIX_PATH - 1);
    assertThat(Address.parse(most)).hasToString(most);
    assertThatThrownBy(() -> Address.parse(most + "x"))
        .hasMessageEndingWith("is longer than the 107 bytes of a socket's path");
    assertThatThrownBy(() -> Address.parse("unix:/a\0b")).hasMessageEndingWith("holds a NUL");
  }

  @Test
  void literalsAndSocketsAreTheSameOnBothSides() throws Exception {
    var four = new InetSocketAddress(InetAddress.ofLiteral("10.0.0.1"), 80);
    var six = new InetSocketAddress(InetAddress.ofLiteral("::1"), 80);
    var unix = UnixDomainSocketAddress.of("/run/a.sock");
    assertThat(Address.listener("10.0.0.1:80")).isEqualTo(four).isEqualTo(Address.peer(four(four)));
    assertThat(Address.listener("[::1]:80")).isEqualTo(six).isEqualTo(Address.peer("[::1]:80"));
    assertThat(Address.listener("unix:/run/a.sock"))
        .isEqualTo(unix)
        .isEqualTo(Address.peer("unix:/run/a.sock"));
  }

  private static String four(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  @Test
  void namesAreLookedUpForListenersOnly() {
    var listener = (InetSocketAddress) Address.listener("localhost:0");
    assertThat(listener.isUnresolved()).isFalse();
    assertThat(listener.getAddress().isLoopbackAddress()).isTrue();
    var peer = (InetSocketAddress) Address.peer("localhost:80");
    assertThat(peer.isUnresolved()).isTrue();
    assertThat(peer.getHostString()).isEqualTo("localhost");
  }

  @Test
  void whatDoesNotFitIsToldWithTheForm() {
    assertThatThrownBy(() -> Address.peer("10.0.0.1:0"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("address: \"10.0.0.1:0\" has port 0 (expected: " + Address.FORM + ")");
    assertThatThrownBy(() -> Address.listener("nobody.invalid:80")) // RFC 6761 §6.4
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nobody knows");
    assertThatThrownBy(() -> Address.listener("10.0.0.1"))
        .hasMessage("address: \"10.0.0.1\" has no port (expected: " + Address.FORM + ")");
  }
}

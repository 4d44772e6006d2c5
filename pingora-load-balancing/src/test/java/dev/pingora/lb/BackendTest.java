// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a backend is, and when two are the same.
class BackendTest {
  @Test
  void addressesOfEveryKindAreUnderstood() {
    assertThat(Backend.of("10.0.0.1:80").address())
        .isEqualTo(new InetSocketAddress(InetAddress.ofLiteral("10.0.0.1"), 80));
    assertThat(Backend.of("[::1]:80").address())
        .isEqualTo(new InetSocketAddress(InetAddress.ofLiteral("::1"), 80));
    assertThat(Backend.of("unix:/run/a.sock").address())
        .isEqualTo(UnixDomainSocketAddress.of("/run/a.sock"));
  }

  @Test
  void nameStaysUnresolved() {
    InetSocketAddress address = (InetSocketAddress) Backend.of("app.example:80").address();
    assertThat(address.isUnresolved()).isTrue();
    assertThat(address.getHostString()).isEqualTo("app.example");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10.0.0.1",
        "10.0.0.1:",
        ":80",
        "10.0.0.1:0",
        "10.0.0.1:65536",
        "10.0.0.256:80",
        "::1:80",
        "[::1]",
        "a b:80",
        "http://a:80",
        "unix:relative",
        "unix:"
      })
  void malformedAddressIsRefusedWithTheExpectedForm(String address) {
    assertThatThrownBy(() -> Backend.of(address))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("address: ")
        .hasMessageContaining("expected: ip:port");
  }

  @Test
  void equalIfAddressAndWeightAre() {
    assertThat(Backend.of("10.0.0.1:80", 2)).isEqualTo(Backend.of("10.0.0.1:80", 2));
    assertThat(Backend.of("10.0.0.1:80", 2)).isNotEqualTo(Backend.of("10.0.0.1:80"));
    assertThat(Backend.of("10.0.0.1:80")).isNotEqualTo(Backend.of("10.0.0.1:81"));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, Backend.MAX_WEIGHT + 1, Integer.MAX_VALUE})
  void weightOutOfBoundsIsRefused(int weight) {
    assertThatThrownBy(() -> Backend.of("10.0.0.1:80", weight))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("weight: " + weight + " (expected: 0.." + Backend.MAX_WEIGHT + ")");
  }

  @Test
  void textIsWhatAnOperatorWrites() {
    assertThat(Backend.of("10.0.0.1:80")).hasToString("10.0.0.1:80");
    assertThat(Backend.of("app.example:80", 3)).hasToString("app.example:80 weight 3");
    assertThat(Backend.of("unix:/run/a.sock")).hasToString("unix:/run/a.sock");
  }
}

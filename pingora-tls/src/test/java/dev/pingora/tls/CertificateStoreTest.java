// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class CertificateStoreTest {
  private static final CertKey FIRST = key("a.example", "*.a.example");
  private static final CertKey SECOND = key("b.example", "x.a.example");
  private static final CertificateStore STORE = CertificateStore.of(List.of(FIRST, SECOND));

  private static CertKey key(String... names) {
    return SelfSigned.of(List.of(names), Duration.ofDays(1));
  }

  private static ClientHello hello(@Nullable String name) {
    return new ClientHello(
        0x0303,
        List.of(0x1301),
        List.of(),
        name,
        List.of(),
        List.of(),
        List.of(0x0403),
        List.of(0x0304));
  }

  private static CertKey chosen(@Nullable String name) {
    return STORE.choose(hello(name), TlsProfile.INTERMEDIATE);
  }

  @Test
  void takesTheExactNameThenTheWildcardThenTheDefault() {
    assertThat(chosen("b.example")).isSameAs(SECOND);
    assertThat(chosen("B.EXAMPLE")).isSameAs(SECOND);
    assertThat(chosen("x.a.example")).isSameAs(SECOND);
    assertThat(chosen("y.a.example")).isSameAs(FIRST);
    assertThat(chosen("z.y.b.example")).isSameAs(FIRST);
    assertThat(chosen(null)).isSameAs(FIRST);
    assertThat(chosen("")).isSameAs(FIRST);
    assertThat(STORE.first()).isSameAs(FIRST);
  }

  @Test
  void aWildcardStandsForOneLabel() {
    CertificateStore store = CertificateStore.of(List.of(SECOND, key("*.a.example")));
    assertThat(store.choose(hello("q.r.a.example"), TlsProfile.INTERMEDIATE)).isSameAs(SECOND);
    assertThat(store.choose(hello("a.example"), TlsProfile.INTERMEDIATE)).isSameAs(SECOND);
  }

  @Test
  void holdsOneCertificateAtLeast() {
    assertThatThrownBy(() -> CertificateStore.of(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static ClientHello speaking(
      List<Integer> versions, List<Integer> suites, List<Integer> schemes) {
    return new ClientHello(
        0x0303, suites, List.of(), null, List.of(), List.of(), schemes, versions);
  }

  @Test
  void knowsWhichKindsOfKeyAClientUnderstands() {
    ClientHello ecdsaOnly = speaking(List.of(0x0304), List.of(0x1301), List.of(0x0403));
    assertThat(understood(KeyType.EC_P256, ecdsaOnly)).isTrue();
    assertThat(understood(KeyType.EC_P384, ecdsaOnly)).isFalse();
    assertThat(understood(KeyType.RSA, ecdsaOnly)).isFalse();
    ClientHello rsa12 = speaking(List.of(), List.of(0xc02f), List.of(0x0401));
    assertThat(understood(KeyType.RSA, rsa12)).isTrue();
    assertThat(understood(KeyType.EC_P256, rsa12)).isFalse();
    ClientHello pkcs1In13 = speaking(List.of(0x0304), List.of(0x1301), List.of(0x0401));
    assertThat(understood(KeyType.RSA, pkcs1In13)).isFalse();
    ClientHello old = speaking(List.of(), List.of(0xc02b), List.of());
    assertThat(understood(KeyType.EC_P256, old)).isTrue();
    assertThat(understood(KeyType.ED25519, old)).isFalse();
  }

  private static boolean understood(KeyType type, ClientHello hello) {
    return CertificateStore.isUnderstood(type, hello, TlsProfile.INTERMEDIATE);
  }
}

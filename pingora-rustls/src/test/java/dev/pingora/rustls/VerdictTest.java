// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.rustls;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.testkit.tls.CertificateOrder;
import dev.pingora.testkit.tls.CertificateOrder.Issuer;
import dev.pingora.testkit.tls.CertificateOrder.Use;
import dev.pingora.testkit.tls.CertificateOrder.Validity;
import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.testkit.tls.TlsPair;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.ClientAuth;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.KeyType;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsException.Reason;
import dev.pingora.tls.TlsVersion;
import dev.pingora.tls.TrustRoots;
import dev.pingora.tls.Verify;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What is thought of certificates.
@NeedsLibrary
final class VerdictTest {
  /// A certificate, and the alert it is refused with at each extent of verification; null where it
  /// is accepted.
  record Row(String name, CertKey certificate, @Nullable Integer chain, @Nullable Integer whole) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static CertificateOrder order(String... names) {
    return CertificateOrder.server(KeyType.EC_P256, names);
  }

  static List<Row> servers() {
    return List.of(
        new Row("good", TestCertificates.server(), null, null),
        new Row("expired", TestCertificates.expired(), 45, 45),
        new Row("not yet valid", TestCertificates.notYetValid(), 45, 45),
        new Row("wrong name", TestCertificates.wrongName(), null, 42),
        new Row("common name only", TestCertificates.commonNameOnly(), null, 42),
        new Row("self-signed", TestCertificates.selfSigned(), 48, 48),
        new Row("missing intermediate", TestCertificates.missingIntermediate(), 48, 48),
        new Row("other authority", TestCertificates.otherAuthority(), 48, 48),
        new Row(
            "impostor", order(TestCertificates.NAME).withIssuer(Issuer.IMPOSTOR).make(), 51, 51),
        new Row("for clients", order(TestCertificates.NAME).withUse(Use.CLIENT).make(), 43, 43),
        new Row("for anything", order(TestCertificates.NAME).withUse(Use.ANY).make(), null, null));
  }

  @ParameterizedTest
  @MethodSource("servers")
  void ofServers(Row row) throws Exception {
    for (TlsVersion version : TlsVersion.values()) {
      ServerTls server = Ends.server(version).withCertificate(row.certificate());
      expect(Ends.client(), server, row.whole());
      expect(Ends.client().withVerify(Verify.CHAIN, TestCertificates.roots()), server, row.chain());
      expect(Ends.client().withVerify(Verify.NONE, TestCertificates.roots()), server, null);
    }
  }

  private static void expect(ClientTls client, ServerTls server, @Nullable Integer alert)
      throws TlsException {
    try (TlsPair pair = Ends.pair(client, server).pump()) {
      TlsException failure = pair.client().failure();
      if (alert == null) {
        assertThat(failure).isNull();
      } else {
        assertThat(requireNonNull(failure).reason()).isEqualTo(Reason.BAD_CERTIFICATE);
        assertThat(failure.alert()).isEqualTo(alert);
        assertThat(requireNonNull(pair.server().failure()).reason()).isEqualTo(Reason.ALERTED);
        assertThat(requireNonNull(pair.server().failure()).alert()).isEqualTo(alert);
      }
    }
  }

  private static boolean accepts(ClientTls client, CertKey certificate, String name)
      throws TlsException {
    try (TlsPair pair =
        TlsPair.of(
                Ends.context(client),
                Ends.context(Ends.server().withCertificate(certificate)),
                name)
            .pump()) {
      return pair.failure() == null;
    }
  }

  @Test
  void ofNames() throws Exception {
    CertKey server = TestCertificates.server();
    assertThat(accepts(Ends.client(), server, "a.wild.example")).isTrue();
    assertThat(accepts(Ends.client(), server, "A.WILD.example")).isTrue();
    assertThat(accepts(Ends.client(), server, "a.b.wild.example")).isFalse();
    assertThat(accepts(Ends.client(), server, "wild.example")).isFalse();
    assertThat(accepts(Ends.client(), server, TestCertificates.IPV4)).isTrue();
    assertThat(accepts(Ends.client(), server, TestCertificates.IPV6)).isTrue();
    assertThat(accepts(Ends.client(), server, "192.0.2.8")).isFalse();
    CertKey named = order("192.0.2.9.example").make();
    assertThat(accepts(Ends.client(), named, "192.0.2.9")).isFalse();
  }

  @Test
  void ofAlternativeNames() throws Exception {
    ClientTls client = Ends.client().withAlternativeName("other.example");
    assertThat(accepts(client, TestCertificates.wrongName(), TestCertificates.NAME)).isTrue();
    assertThat(accepts(client, TestCertificates.server(), TestCertificates.NAME)).isTrue();
    assertThat(accepts(client, TestCertificates.commonNameOnly(), TestCertificates.NAME)).isFalse();
    assertThatThrownBy(() -> Ends.context(Ends.client().withAlternativeName("no name")))
        .isInstanceOfSatisfying(
            TlsException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CONFIGURATION))
        .hasMessageContaining("alternativeName");
  }

  @Test
  void ofNamesWithUnderscores() throws Exception {
    CertKey hyphens = order("a-b.c.example", "a-b.example", "x.c-d.example").make();
    assertThat(accepts(Ends.client(), hyphens, "a_b.c.example")).isTrue();
    assertThat(accepts(Ends.client(), hyphens, "a_b.example")).isFalse();
    assertThat(accepts(Ends.client(), hyphens, "x.c_d.example")).isFalse();
    assertThat(accepts(Ends.client(), hyphens, "a__b.c.example")).isFalse();
    assertThat(accepts(Ends.client(), order("b.example").make(), "a_b.example")).isFalse();
  }

  /// As `openssl req -x509` makes them; webpki itself would refuse it.
  @Test
  void ofAuthoritiesThatServeThemselves() throws Exception {
    CertKey own = order(TestCertificates.NAME).withIssuer(Issuer.SELF).asAuthority().make();
    TrustRoots trust = TestCertificates.trust(own.leaf());
    ClientTls client = Ends.client().withVerify(Verify.CHAIN_AND_NAME, trust);

    assertThat(accepts(client, own, TestCertificates.NAME)).isTrue();
    assertThat(accepts(client, own, "other.example")).isFalse();
    assertThat(accepts(Ends.client(), own, TestCertificates.NAME)).isFalse();
    CertKey old =
        order(TestCertificates.NAME)
            .withIssuer(Issuer.SELF)
            .asAuthority()
            .withValidity(Validity.EXPIRED)
            .make();
    assertThat(
            accepts(
                client.withVerify(Verify.CHAIN_AND_NAME, TestCertificates.trust(old.leaf())),
                old,
                TestCertificates.NAME))
        .isFalse();
    CertKey plain = TestCertificates.selfSigned();
    assertThat(
            accepts(
                client.withVerify(Verify.CHAIN, TestCertificates.trust(plain.leaf())),
                plain,
                TestCertificates.NAME))
        .isTrue();
  }

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void ofClients(TlsVersion version) throws Exception {
    TrustRoots roots = TestCertificates.roots();
    ServerTls optional = Ends.server(version).withClientAuth(ClientAuth.OPTIONAL, roots);
    ServerTls required = Ends.server(version).withClientAuth(ClientAuth.REQUIRED, roots);
    for (ServerTls server : List.of(optional, required)) {
      refuses(server, TestCertificates.client(), null);
      refuses(server, TestCertificates.otherClient(), 48);
      refuses(server, TestCertificates.expiredClient(), 45);
      refuses(server, TestCertificates.server(), 43); // not for clients
    }
    refuses(optional, null, null);
    // certificate_required is of TLS 1.3 (RFC 8446 §4.4.2.4); rustls says it in TLS 1.2 too.
    refuses(required, null, 116);
    refuses(Ends.server(version), TestCertificates.otherClient(), null);
  }

  private static void refuses(
      ServerTls server, @Nullable CertKey certificate, @Nullable Integer alert)
      throws TlsException {
    try (TlsPair pair = Ends.pair(Ends.client().withCertificate(certificate), server).pump()) {
      TlsException failure = pair.server().failure();
      if (alert == null) {
        assertThat(failure).isNull();
      } else {
        assertThat(requireNonNull(failure).reason()).isEqualTo(Reason.BAD_CERTIFICATE);
        assertThat(failure.alert()).isEqualTo(alert);
        assertThat(requireNonNull(pair.client().failure()).alert()).isEqualTo(alert);
      }
    }
  }

  @Test
  void namesTheRootThatIsNone() {
    TrustRoots bad = TrustRoots.of(List.of(new byte[] {1, 2, 3}));
    assertThatThrownBy(() -> Ends.context(Ends.client().withVerify(Verify.CHAIN, bad)))
        .isInstanceOfSatisfying(
            TlsException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CONFIGURATION))
        .hasMessageContaining("trusted certificate 1");
  }

  @Test
  void installedRootsVouchForNobodyHere() throws Exception {
    ClientTls client = Ends.client().withVerify(Verify.CHAIN, TrustRoots.system());
    assertThat(accepts(client, TestCertificates.server(), TestCertificates.NAME)).isFalse();
    assertThat(InstalledRoots.ofJdk()).hasSizeGreaterThan(20);
    assertThat(InstalledRoots.read()).hasSizeGreaterThan(20);
  }
}

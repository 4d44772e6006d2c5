// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.testkit.tls.CertificateOrder.Issuer;
import dev.pingora.testkit.tls.CertificateOrder.Use;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.KeyType;
import dev.pingora.tls.TrustRoots;
import java.security.SignatureException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class TestCertificatesTest {
  @ParameterizedTest
  @EnumSource(KeyType.class)
  void makesServersOfEachKeyType(KeyType type) throws Exception {
    CertKey server = TestCertificates.server(type);

    assertThat(server.type()).isEqualTo(type);
    assertThat(server.chain()).hasSize(2);
    server.leaf().verify(TestCertificates.intermediate().getPublicKey());
    TestCertificates.intermediate().verify(TestCertificates.root().getPublicKey());
    server.leaf().checkValidity();
    assertThat(server.names())
        .containsExactly(
            TestCertificates.NAME,
            TestCertificates.WILDCARD,
            TestCertificates.IPV4,
            "2001:db8:0:0:0:0:0:7");
  }

  @ParameterizedTest
  @EnumSource(KeyType.class)
  void keysSurvivePem(KeyType type) throws Exception {
    CertKey client = TestCertificates.client(type);

    CertKey read =
        CertKey.fromPem(TestCertificates.chainPem(client), TestCertificates.keyPem(client));

    assertThat(read.chain()).isEqualTo(client.chain());
    assertThat(read.type()).isEqualTo(type);
    assertThat(read.leaf().getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
  }

  @Test
  void makesEachOrderOnce() {
    assertThat(TestCertificates.server()).isSameAs(TestCertificates.server());
    assertThat(TestCertificates.server()).isNotSameAs(TestCertificates.expired());
  }

  @Test
  void badOnesAreBadInOneWayOnly() throws Exception {
    assertThatThrownBy(() -> TestCertificates.expired().leaf().checkValidity())
        .isInstanceOf(CertificateExpiredException.class);
    assertThatThrownBy(() -> TestCertificates.notYetValid().leaf().checkValidity())
        .isInstanceOf(CertificateNotYetValidException.class);
    assertThat(TestCertificates.wrongName().names()).containsExactly("other.example");
    assertThat(TestCertificates.commonNameOnly().names()).isEmpty();
    assertThat(TestCertificates.missingIntermediate().chain()).hasSize(1);
    assertThat(TestCertificates.missingIntermediate().leaf().getIssuerX500Principal())
        .isEqualTo(TestCertificates.intermediate().getSubjectX500Principal());
    CertKey self = TestCertificates.selfSigned();
    self.leaf().verify(self.leaf().getPublicKey());
    assertThat(self.leaf().getBasicConstraints()).isEqualTo(-1);
    assertThatThrownBy(() ->
            TestCertificates.otherAuthority().leaf().verify(TestCertificates.root().getPublicKey()))
        .isInstanceOf(SignatureException.class);
  }

  @Test
  void impostorsOnlyBearTheNameOfTheRoot() {
    CertKey impostor =
        CertificateOrder.server(KeyType.EC_P256, "a.example").withIssuer(Issuer.IMPOSTOR).make();

    assertThat(impostor.leaf().getIssuerX500Principal())
        .isEqualTo(TestCertificates.root().getSubjectX500Principal());
    assertThatThrownBy(() -> impostor.leaf().verify(TestCertificates.root().getPublicKey()))
        .isInstanceOf(SignatureException.class);
  }

  @Test
  void ordersSayWhatTheCertificateIsFor() throws Exception {
    CertKey any =
        CertificateOrder.server(KeyType.ED25519, "a.example")
            .withUse(Use.ANY)
            .withIssuer(Issuer.ROOT)
            .asAuthority()
            .make();

    assertThat(any.leaf().getExtendedKeyUsage()).isNull();
    assertThat(any.leaf().getBasicConstraints()).isNotNegative();
    assertThat(any.chain()).hasSize(1);
  }

  @Test
  void rootsAreTheRootAlone() throws Exception {
    assertThat(TestCertificates.roots())
        .isInstanceOfSatisfying(
            TrustRoots.Certificates.class,
            roots -> {
              assertThat(roots.certificates()).hasSize(1);
            });
    assertThat(
            dev.pingora.tls.Certificates.ofPem(
                TestCertificates.pem(List.of(TestCertificates.root())), "root"))
        .containsExactly(TestCertificates.root());
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.rustls;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.testkit.tls.TlsPair;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.ClientAuth;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.KeyType;
import dev.pingora.tls.NamedGroup;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsDigest;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsException.Reason;
import dev.pingora.tls.TlsProfile;
import dev.pingora.tls.TlsVersion;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Handshakes of rustls with itself.
@NeedsLibrary
final class HandshakeTest {
  private final RustlsTls rustls = new RustlsTls();

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void agreesAndCarriesContent(TlsVersion version) throws Exception {
    byte[] content = new byte[8 << 20];
    new Random(1).nextBytes(content);
    ServerTls server =
        Ends.server().withProfile(Ends.only(version)).withAlpn(List.of("h2", "http/1.1"), true);
    ClientTls client = Ends.client().withAlpn(List.of("http/1.1", "h2"));
    try (TlsPair pair = Ends.pair(client, server).handshake()) {
      TlsDigest seen = pair.client().session().digest();

      assertThat(seen.version()).isEqualTo(version);
      assertThat(seen.alpn()).isEqualTo("h2");
      assertThat(seen.serverName()).isEqualTo(TestCertificates.NAME);
      assertThat(seen.resumed()).isFalse();
      assertThat(seen.peerChain()).hasSize(2);
      assertThat(seen.cipher()).contains("AES_128_GCM_SHA256");
      assertThat(seen.group())
          .isEqualTo(version == TlsVersion.TLS_1_3 ? "X25519MLKEM768" : "x25519");
      TlsDigest own = pair.server().session().digest();
      assertThat(own.alpn()).isEqualTo("h2");
      assertThat(own.serverName()).isEqualTo(TestCertificates.NAME);
      assertThat(own.peerChain()).isEmpty();
      assertThat(pair.toServer(content)).isEqualTo(content);
      assertThat(pair.toClient(content)).isEqualTo(content);
    }
  }

  @ParameterizedTest
  @EnumSource(KeyType.class)
  void servesEachKeyTypeButRsaPss(KeyType type) throws Exception {
    ServerTls server = Ends.server().withCertificate(TestCertificates.server(type));
    if (type == KeyType.RSA_PSS) {
      assertThatThrownBy(() -> rustls.server(server))
          .isInstanceOfSatisfying(
              TlsException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CONFIGURATION))
          .hasMessageContaining("rustls cannot use RSA-PSS keys");
      return;
    }
    try (TlsPair pair = Ends.pair(Ends.client(), server).handshake()) {
      assertThat(pair.toServer(new byte[] {1})).containsExactly(1);
    }
  }

  @Test
  void leavesOutGroupsItLacksUntilNoneIsLeft() throws Exception {
    TlsProfile some = TlsProfile.MODERN.withGroups(List.of(NamedGroup.X448, NamedGroup.SECP384R1));
    try (TlsPair pair = Ends.pair(Ends.client().withProfile(some), Ends.server()).handshake()) {
      assertThat(pair.server().session().digest().group()).isEqualTo("secp384r1");
    }
    TlsProfile none = TlsProfile.MODERN.withGroups(List.of(NamedGroup.X448));
    assertThatThrownBy(() -> rustls.client(Ends.client().withProfile(none)))
        .hasMessageContaining("groups");
  }

  @Test
  void refusesTheWrongName() throws Exception {
    ServerTls server = Ends.server().withCertificate(TestCertificates.wrongName());
    try (TlsPair pair = Ends.pair(Ends.client(), server).pump()) {
      TlsException failure = requireNonNull(pair.client().failure());
      assertThat(failure.reason()).isEqualTo(Reason.BAD_CERTIFICATE);
      assertThat(failure.alert()).isEqualTo(42);
      assertThat(requireNonNull(pair.server().failure()).reason()).isEqualTo(Reason.ALERTED);
      assertThat(requireNonNull(pair.server().failure()).alert()).isEqualTo(42);
    }
  }

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void asksForClientCertificates(TlsVersion version) throws Exception {
    CertKey own = TestCertificates.client();
    ServerTls server =
        Ends.server()
            .withProfile(Ends.only(version))
            .withClientAuth(ClientAuth.REQUIRED, TestCertificates.roots());
    try (TlsPair pair = Ends.pair(Ends.client().withCertificate(own), server).handshake()) {
      assertThat(pair.server().session().digest().peerChain().getFirst())
          .isEqualTo(own.leaf().getEncoded());
    }
    try (TlsPair pair = Ends.pair(Ends.client(), server).pump()) {
      TlsException failure = requireNonNull(pair.server().failure());
      assertThat(requireNonNull(pair.client().failure()).alert()).isEqualTo(failure.alert());
    }
  }
}

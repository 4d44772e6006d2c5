// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.testkit.tls.TlsPair;
import dev.pingora.tls.CipherSuite;
import dev.pingora.tls.NamedGroup;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsException.Reason;
import dev.pingora.tls.TlsProfile;
import dev.pingora.tls.TlsVersion;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Which security policy a profile becomes.
final class PolicyTest {
  private static String name(TlsProfile profile) throws TlsException {
    return Policy.of(profile).name();
  }

  @Test
  void mozillasProfilesHavePoliciesOfTheirOwn() throws Exception {
    assertThat(name(TlsProfile.INTERMEDIATE)).isEqualTo("CloudFront-TLS-1-2-2021-no-sha1");
    assertThat(name(TlsProfile.INTERMEDIATE_5_7))
        .isEqualTo("CloudFront-TLS-1-2-2021-no-sha1-no-pq");
    assertThat(name(TlsProfile.MODERN)).isEqualTo("CloudFront-TLS-1-3-2025");
    assertThat(name(TlsProfile.MODERN_5_7)).isEqualTo("CloudFront-TLS-1-3-2025-no-pq");
    assertThat(name(Ends.only(TlsVersion.TLS_1_3))).isEqualTo("CloudFront-TLS-1-3-2025");
    assertThat(name(Ends.only(TlsVersion.TLS_1_2))).isEqualTo("20240501");
  }

  @Test
  void theOrderOfGroupsCounts() throws Exception {
    assertThat(
            name(
                TlsProfile.MODERN.withGroups(
                    List.of(NamedGroup.SECP256R1, NamedGroup.X25519, NamedGroup.SECP384R1))))
        .isEqualTo("CloudFront-Upstream-TLS-1-3-2025");
  }

  @Test
  void groupsOfNoPolicyAreDropped() throws Exception {
    assertThat(
            name(
                TlsProfile.MODERN.withGroups(
                    List.of(
                        NamedGroup.X448,
                        NamedGroup.X25519,
                        NamedGroup.SECP256R1,
                        NamedGroup.SECP384R1,
                        NamedGroup.SECP521R1))))
        .isEqualTo("CloudFront-TLS-1-3-2025-no-pq");
  }

  @Test
  void whatNoPolicyHasIsRefused() {
    for (TlsProfile profile :
        List.of(
            TlsProfile.MODERN.withGroups(List.of(NamedGroup.SECP384R1)),
            TlsProfile.MODERN.withGroups(List.of(NamedGroup.X448)),
            Ends.only(TlsVersion.TLS_1_2).withGroups(List.of(NamedGroup.X25519MLKEM768)),
            TlsProfile.MODERN.withSuites(List.of(CipherSuite.TLS_AES_256_GCM_SHA384)))) {
      assertThatThrownBy(() -> Policy.of(profile))
          .isInstanceOfSatisfying(
              TlsException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CONFIGURATION))
          .hasMessageContaining("s2n: no security policy has");
    }
  }

  @Test
  void bothPostQuantumAndClassicGroupsAreAgreedOn() throws Exception {
    try (TlsPair pair = Ends.pair(Ends.client(), Ends.server()).handshake()) {
      assertThat(pair.server().session().digest().group()).isEqualTo("X25519MLKEM768");
    }
    try (TlsPair pair =
        Ends.pair(Ends.client().withProfile(TlsProfile.MODERN_5_7), Ends.server()).handshake()) {
      assertThat(pair.server().session().digest().group()).isEqualTo("x25519");
    }
  }
}

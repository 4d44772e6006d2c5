// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.testkit.tls.TlsPair;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeerNameTest {
  private static PeerName checked(String name) throws TlsException {
    return PeerName.of("openssl", name, true, null);
  }

  @Test
  void aHostIsAskedForAndLookedFor() throws Exception {
    PeerName name = checked("origin.example");
    assertThat(name.serverName()).isEqualTo("origin.example");
    assertThat(name.hosts()).containsExactly("origin.example");
    assertThat(name.address()).isNull();
  }

  @Test
  void theRootDotIsLeftOut() throws Exception {
    assertThat(checked("origin.example.").serverName()).isEqualTo("origin.example");
  }

  @Test
  void anAddressIsLookedForButNotAskedFor() throws Exception {
    assertThat(checked("192.0.2.7").serverName()).isEmpty();
    assertThat(checked("192.0.2.7").hosts()).isEmpty();
    assertThat(checked("192.0.2.7").address()).containsExactly(192, 0, 2, 7);
    assertThat(checked("2001:db8::7").address()).hasSize(16);
  }

  @Test
  void anUnderscoreInTheFirstOfThreeLabelsMayBeAHyphen() throws Exception {
    assertThat(checked("a_b.x.example").hosts()).containsExactly("a_b.x.example", "a-b.x.example");
    assertThat(checked("a_b.example").hosts()).containsExactly("a_b.example");
    assertThat(checked("a.b_c.example").hosts()).containsExactly("a.b_c.example");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {".example", "a..b", "a b", "*.example", "é.example", "a:b:zz", "a/b", "."})
  void whatIsNoNameIsRefused(String name) {
    assertThatExceptionOfType(TlsException.class)
        .isThrownBy(() -> checked(name))
        .withMessageContaining("server name: \"" + name + "\"")
        .satisfies(e -> assertThat(e.reason()).isEqualTo(TlsException.Reason.CONFIGURATION));
    assertThatExceptionOfType(TlsException.class)
        .isThrownBy(() -> PeerName.checkAlternative("openssl", name))
        .withMessageContaining("alternative name");
  }

  @Test
  void aNameLongerThanDnsAllowsIsRefused() {
    assertThatExceptionOfType(TlsException.class).isThrownBy(() -> checked("a".repeat(254)));
  }

  /// The test certificate carries origin.example, 192.0.2.7 and 2001:db8::7.
  @ParameterizedTest
  @CsvSource({
    "192.0.2.8,      origin.example, true",
    "192.0.2.7,      other.example,  true",
    "192.0.2.8,      other.example,  false",
    "other.example,  192.0.2.7,      true",
    "origin.example, 192.0.2.8,      true",
    "other.example,  192.0.2.8,      false",
    "192.0.2.8,      192.0.2.7,      true",
    "192.0.2.8,      2001:db8::7,    true",
    "192.0.2.8,      192.0.2.9,      false"
  })
  void namesAndAddressesStandInForEachOther(String name, String alternative, boolean accepted)
      throws Exception {
    for (Libraries library : Libraries.values()) {
      ClientTls client = Ends.client(TlsVersion.TLS_1_3).withAlternativeName(alternative);
      try (TlsPair pair =
          TlsPair.of(library.client(client), library.server(Ends.server(TlsVersion.TLS_1_3)), name)
              .pump()) {
        assertThat(pair.failure() == null).as("%s: %s", library, pair).isEqualTo(accepted);
        if (!accepted) {
          refused(pair);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Libraries.class)
  void aStandInForTheNameIsNoneForTheChain(Libraries library) throws Exception {
    ClientTls client = Ends.client(TlsVersion.TLS_1_3).withAlternativeName(TestCertificates.IPV4);
    try (TlsPair pair =
        TlsPair.of(
                library.client(client),
                library.server(
                    Ends.server(TlsVersion.TLS_1_3)
                        .withCertificate(TestCertificates.otherAuthority())),
                "other.example")
            .pump()) {
      refused(pair);
    }
  }

  private static void refused(TlsPair pair) {
    assertThat(pair.client().failure())
        .isInstanceOfSatisfying(
            TlsException.class,
            e -> assertThat(e.reason()).isEqualTo(TlsException.Reason.BAD_CERTIFICATE));
  }
}

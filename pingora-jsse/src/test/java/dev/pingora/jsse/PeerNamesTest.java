// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.jsse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.testkit.tls.TestCertificates;
import java.security.cert.CertificateException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Beside the verdicts of the contract.
final class PeerNamesTest {
  @ParameterizedTest
  @CsvSource({
    "a.example, a.example, true",
    "A.Example, a.eXample, true",
    "a.example, b.a.example, false",
    "*.b.example, a.b.example, true",
    "*.b.example, .b.example, false",
    "*.b.example, b.example, false",
    "*.example, a.example, false",
    "*.*.example, a.b.example, false",
    "a*.b.example, ab.b.example, false",
    "*, a, false",
    "a.example., a.example, false",
  })
  void matchesDns(String given, String name, boolean expected) {
    assertThat(PeerNames.matchesDns(given, name)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.1", "::1", "2001:db8::1", "1.2.3.999"})
  void knowsAddresses(String name) {
    assertThat(PeerNames.isAddress(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.example", "1.example", "1.2.3", "1.2.3.4.5", ""})
  void knowsNames(String name) {
    assertThat(PeerNames.isAddress(name)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "a_b.c.example, a-b.c.example",
    "_a_.c.example, -a-.c.example",
    "a_b.example, a_b.example",
    "a.b_c.example, a.b_c.example",
    "a_b, a_b",
  })
  void writesDashesInTheFirstLabelOnly(String name, String expected) {
    assertThat(PeerNames.withDashes(name)).isEqualTo(expected);
  }

  @Test
  void saysWhatWasAskedForAndWhatItIsFor() {
    assertThatThrownBy(() ->
            PeerNames.check(TestCertificates.wrongName().leaf(), "a_b.x.example", "alt.example"))
        .isInstanceOf(CertificateException.class)
        .hasMessageContaining("a_b.x.example or a-b.x.example or alt.example")
        .hasMessageContaining("other.example");
  }
}

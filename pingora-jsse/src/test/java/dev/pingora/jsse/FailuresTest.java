// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.jsse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsException.Reason;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLProtocolException;
import org.junit.jupiter.api.Test;

final class FailuresTest {
  private static void is(TlsException found, Reason reason, int alert, String text) {
    assertThat(found.reason()).isEqualTo(reason);
    assertThat(found.alert()).isEqualTo(alert);
    assertThat(found).hasMessageContaining(text);
  }

  @Test
  void alertsOfOursAreNamedInFront() {
    is(
        Failures.of(new SSLHandshakeException("(protocol_version) not (this) one")),
        Reason.HANDSHAKE,
        70,
        "not (this) one");
    is(
        Failures.of(new SSLHandshakeException("(new_one) odd")),
        Reason.HANDSHAKE,
        TlsException.NO_ALERT,
        "odd");
  }

  @Test
  void alertsOfThePeerAreNamedBehind() {
    is(
        Failures.of(new SSLHandshakeException("(unknown_ca) Received fatal alert: unknown_ca")),
        Reason.ALERTED,
        48,
        "unknown_ca");
    is(
        Failures.of(
            new SSLProtocolException(
                "Unexpected exception",
                new GeneralSecurityException(
                    "Unexpected plaintext alert received: Level: fatal;"
                        + " Alert: certificate_expired"))),
        Reason.ALERTED,
        45,
        "certificate_expired");
  }

  @Test
  void refusedCertificatesAreFoundAmongTheCauses() {
    is(
        Failures.of(
            new SSLHandshakeException(
                "(certificate_unknown) no", new CertificateException("not for a.example"))),
        Reason.BAD_CERTIFICATE,
        46,
        "no");
  }

  @Test
  void whatIsNoProtocolErrorIsInternal() {
    is(
        Failures.of(new IllegalStateException("broken")),
        Reason.INTERNAL,
        TlsException.NO_ALERT,
        "broken");
  }
}

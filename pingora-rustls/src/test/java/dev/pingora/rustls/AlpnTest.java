// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.rustls;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.tls.TlsPair;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsException.Reason;
import dev.pingora.tls.TlsVersion;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Application protocols: the server's order decides, and what happens when nothing fits.
@NeedsLibrary
final class AlpnTest {
  private static final List<String> OURS = List.of("h2", "http/1.1");

  private static ServerTls server(TlsVersion version, boolean required) {
    return Ends.server(version).withAlpn(OURS, required);
  }

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void theServersOrderDecides(TlsVersion version) throws Exception {
    for (boolean required : new boolean[] {false, true}) {
      try (TlsPair pair =
          Ends.pair(
                  Ends.client().withAlpn(List.of("x", "http/1.1", "h2")), server(version, required))
              .handshake()) {
        assertThat(pair.client().session().digest().alpn()).isEqualTo("h2");
        assertThat(pair.server().session().digest().alpn()).isEqualTo("h2");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void goesOnWithoutWhenNothingFits(TlsVersion version) throws Exception {
    for (List<String> offered : List.of(List.<String>of(), List.of("x"))) {
      try (TlsPair pair =
          Ends.pair(Ends.client().withAlpn(offered), server(version, false)).handshake()) {
        assertThat(pair.client().session().digest().alpn()).isNull();
        assertThat(pair.server().session().digest().alpn()).isNull();
        assertThat(pair.toServer(new byte[] {7})).containsExactly(7);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void refusesWhenRequiredAndNothingFits(TlsVersion version) throws Exception {
    try (TlsPair pair =
        Ends.pair(Ends.client().withAlpn(List.of("x")), server(version, true)).pump()) {
      TlsException failure = requireNonNull(pair.server().failure());
      assertThat(failure.reason()).isEqualTo(Reason.HANDSHAKE);
      assertThat(failure.alert()).isEqualTo(120); // no_application_protocol
      assertThat(requireNonNull(pair.client().failure()).alert()).isEqualTo(120);
    }
    try (TlsPair pair = Ends.pair(Ends.client(), server(version, true)).handshake()) {
      assertThat(pair.server().session().digest().alpn()).isNull();
    }
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.jsse;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.testkit.tls.TlsEnd;
import dev.pingora.testkit.tls.TlsPair;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsException.Reason;
import dev.pingora.tls.TlsProfile;
import dev.pingora.tls.TlsVersion;
import dev.pingora.tls.Verify;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Beside the contract: what only this provider has to take care of.
final class JsseSessionTest {
  private final JsseTls provider = new JsseTls();

  private TlsContext client(TlsVersion version) throws TlsException {
    return provider.client(
        ClientTls.standard()
            .withProfile(TlsProfile.INTERMEDIATE.withVersions(version, version))
            .withVerify(Verify.CHAIN_AND_NAME, TestCertificates.roots()));
  }

  private TlsContext server() throws TlsException {
    return provider.server(ServerTls.of(TestCertificates.server()));
  }

  private TlsPair connected(TlsVersion version) throws TlsException {
    return TlsPair.of(client(version), server(), TestCertificates.NAME).handshake();
  }

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void anIdleSessionHasNoBuffers(TlsVersion version) throws Exception {
    try (TlsPair pair = connected(version)) {
      assertThat(provider.buffers().lent()).isZero();
      assertThat(pair.toServer(new byte[100_000])).hasSize(100_000);
      assertThat(provider.buffers().lent()).isZero();

      pair.client().send(new byte[10]);
      byte[] record = pair.client().take();
      pair.server().deliver(Arrays.copyOf(record, 3));
      assertThat(provider.buffers().lent()).isOne();
    }
    assertThat(provider.buffers().lent()).isZero();
  }

  @Test
  void tenThousandAbortedHandshakesKeepNothing() throws Exception {
    TlsContext client = client(TlsVersion.TLS_1_3);
    TlsContext server = server();
    byte[] hello;
    try (TlsPair pair = TlsPair.of(client, server, TestCertificates.NAME)) {
      pair.client().step();
      hello = pair.client().take();
    }
    for (int i = 0; i < 10_000; i++) {
      try (TlsPair pair = TlsPair.of(client, server, TestCertificates.NAME)) {
        pair.server().deliver(Arrays.copyOf(hello, i % (hello.length - 1)));
        pair.server().endOfInput();
        assertThat(requireNonNull(pair.server().failure()).reason()).isEqualTo(Reason.TRUNCATED);
      }
    }
    assertThat(provider.buffers().lent()).isZero();
    assertThat(provider.buffers().kept()).isLessThanOrEqualTo(64);
  }

  /// RFC 5746 makes it safe, but nobody needs it.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void refusesToRenegotiate(boolean askedByClient) throws Exception {
    try (TlsPair pair = connected(TlsVersion.TLS_1_2)) {
      TlsEnd asking = askedByClient ? pair.client() : pair.server();
      TlsEnd asked = askedByClient ? pair.server() : pair.client();
      SSLEngine engine = ((JsseSession) asking.session()).engine();
      ByteBuffer record = ByteBuffer.allocate(40_000);
      engine.beginHandshake();
      while (engine.getHandshakeStatus()
          == javax.net.ssl.SSLEngineResult.HandshakeStatus.NEED_WRAP) {
        engine.wrap(ByteBuffer.allocate(0), record);
      }

      asked.deliver(Arrays.copyOf(record.array(), record.position()));

      TlsException failure = requireNonNull(asked.failure());
      assertThat(failure.reason()).isEqualTo(Reason.HANDSHAKE);
      assertThat(failure).hasMessageContaining("renegotiate");
    }
  }

  @Test
  void whatWasGoodBeforeABadRecordIsRead() throws Exception {
    try (TlsPair pair = connected(TlsVersion.TLS_1_3)) {
      pair.client().send(new byte[] {1, 2, 3});
      pair.client().send(new byte[] {4, 5, 6});
      byte[] records = pair.client().take();
      records[records.length - 1] ^= 1;

      pair.server().deliver(records);

      assertThat(pair.server().received()).containsExactly(1, 2, 3);
      assertThat(requireNonNull(pair.server().failure()).reason()).isEqualTo(Reason.HANDSHAKE);
    }
  }

  @Test
  void keysOfSessionsCannotBeMistakenForNames() throws Exception {
    assertThatThrownBy(() ->
            client(TlsVersion.TLS_1_3)
                .session(new TlsContext.ServerId("a.example/b", "10.0.0.1:443")))
        .isInstanceOf(TlsException.class)
        .hasMessageContaining("a.example/b");
  }

  @Test
  void aFinalDotIsNotPartOfTheName() throws Exception {
    try (TlsPair pair =
        TlsPair.of(client(TlsVersion.TLS_1_3), server(), TestCertificates.NAME + ".").handshake()) {
      assertThat(pair.server().session().digest().serverName()).isEqualTo(TestCertificates.NAME);
    }
  }

  @Test
  void trustsWhatTheSystemTrusts() throws Exception {
    TlsContext client = provider.client(ClientTls.standard());
    try (TlsPair pair = TlsPair.of(client, server(), TestCertificates.NAME).pump()) {
      assertThat(requireNonNull(pair.client().failure()).reason())
          .isEqualTo(Reason.BAD_CERTIFICATE);
    }
  }

  @Test
  void loadsNoLibrary() {
    assertThatThrownBy(() -> provider.library(Path.of("x")))
        .isInstanceOf(IllegalStateException.class);
  }
}

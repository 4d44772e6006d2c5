// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.pingora.testkit.Malloc;
import dev.pingora.testkit.tls.RemoteKeys;
import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.testkit.tls.TlsPair;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.KeyType;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsException;
import java.security.ProviderException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// Keys kept elsewhere: what they leave behind, which is nothing.
final class RemoteKeyTest {
  private static final int CONTEXTS = 1_000;
  private static final int HANDSHAKES = 1_000;

  @Test
  void contextsLeaveNothingBehind() throws Exception {
    try (RemoteKeys device = new RemoteKeys(() -> {})) {
      ServerTls config = ServerTls.of(device.keep(TestCertificates.server()));
      // One has about 20 KiB: 20 MiB, were they kept.
      Malloc.growsLessThan(8 << 20, () -> make(config, CONTEXTS));
    }
  }

  private static void make(ServerTls config, int count) throws TlsException {
    for (int i = 0; i < count; i++) {
      assertThat(Ends.context(config).blocks()).isTrue();
      if (i % 500 == 0) {
        System.gc(); // the contexts are not reachable any more
      }
    }
    System.gc();
  }

  /// s2n hands over digests: a provider that cannot pad for PSS from those is of no use.
  @Test
  void refusesRsaKeysWithoutTheBareOperation() throws Exception {
    ServerTls config;
    try (RemoteKeys device = new RemoteKeys(() -> {})) {
      config = ServerTls.of(device.keep(TestCertificates.server(KeyType.RSA)));
      assertThat(Ends.context(config).blocks()).isTrue();
    }
    // The device is gone, and nobody else knows its keys.
    assertThatExceptionOfType(TlsException.class)
        .isThrownBy(() -> Ends.context(config))
        .withMessage(
            "s2n: the key of "
                + config.certificate()
                + " is kept elsewhere, by what has no RSA/ECB/NoPadding (expected, for PSS by"
                + " s2n)");
  }

  @Test
  void failedSignaturesLeaveNothingBehind() throws Exception {
    AtomicBoolean broken = new AtomicBoolean();
    Runnable before =
        () -> {
          if (broken.get()) {
            throw new ProviderException("no");
          }
        };
    try (RemoteKeys device = new RemoteKeys(before)) {
      CertKey kept = device.keep(TestCertificates.server());
      TlsContext server = Ends.context(Ends.server().withCertificate(kept));
      TlsContext client = Ends.context(Ends.client());
      broken.set(true);
      Malloc.growsLessThan(128 << 10, () -> fail(client, server, HANDSHAKES));
      broken.set(false);
      try (TlsPair pair = TlsPair.of(client, server, TestCertificates.NAME).handshake()) {
        assertThat(pair.toServer(new byte[] {1})).containsExactly(1);
      }
    }
    assertThat(Ends.live()).as("sessions left open").isZero();
  }

  private static void fail(TlsContext client, TlsContext server, int count) throws TlsException {
    for (int i = 0; i < count; i++) {
      try (TlsPair pair = TlsPair.of(client, server, TestCertificates.NAME).pump()) {
        assertThat(pair.server().failure()).hasMessageContaining("could not sign: no");
        assertThat(pair.client().isComplete()).isFalse();
      }
    }
  }
}

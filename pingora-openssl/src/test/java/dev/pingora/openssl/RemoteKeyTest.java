// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

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
import dev.pingora.tls.TlsVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Keys that only their security providers can use; the rest is asked of all libraries
/// ([ContractTest]).
@ParameterizedClass
@EnumSource(Libraries.class)
class RemoteKeyTest {
  private static final String BAD = "bad";

  @Parameter private Libraries library = Libraries.SYSTEM;

  /// A context has about 30 KiB.
  @Test
  void contextsTakeTheirKeysWithThem() throws Exception {
    try (RemoteKeys device = new RemoteKeys(() -> {})) {
      ServerTls ec = Ends.server(TlsVersion.TLS_1_3).withCertificate(kept(device, KeyType.EC_P256));
      ServerTls rsa = Ends.server(TlsVersion.TLS_1_3).withCertificate(kept(device, KeyType.RSA));
      Malloc.growsLessThan(2 << 20, () -> makeAndDrop(ec, rsa, 150));
    }
  }

  private static CertKey kept(RemoteKeys device, KeyType type) throws TlsException {
    return device.keep(TestCertificates.server(type));
  }

  /// Makes so many contexts of each, and waits until all have been freed.
  private void makeAndDrop(ServerTls ec, ServerTls rsa, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      assertThat(library.server(ec).blocks()).isTrue();
      assertThat(library.server(rsa).blocks()).isTrue();
    }
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (library.library().remoteKeys.size() > 0) {
      assertThat(System.nanoTime()).as("still kept").isLessThan(deadline);
      System.gc();
      Thread.onSpinWait();
    }
  }

  /// OpenSSL pads for PSS itself: a provider that does not know the bare operation is of no use.
  @Test
  void refusesRsaKeysWithoutTheBareOperation() throws Exception {
    ServerTls config;
    try (RemoteKeys device = new RemoteKeys(() -> {})) {
      config = Ends.server(TlsVersion.TLS_1_3).withCertificate(kept(device, KeyType.RSA));
      assertThat(library.server(config).blocks()).isTrue();
    }
    // The device is gone, and nobody else knows its keys.
    assertThatExceptionOfType(TlsException.class)
        .isThrownBy(() -> library.server(config))
        .withMessage(
            "openssl: the key of "
                + config.certificate()
                + " is kept elsewhere, by what has no RSA/ECB/NoPadding (expected, for PSS by"
                + " OpenSSL)");
  }

  @Test
  void refusesEd25519() throws Exception {
    CertKey own = TestCertificates.server(KeyType.ED25519);
    try (RemoteKeys device = new RemoteKeys(() -> {})) {
      CertKey kept = device.keep(own);
      assertThatExceptionOfType(TlsException.class)
          .isThrownBy(() -> library.server(Ends.server(TlsVersion.TLS_1_3).withCertificate(kept)))
          .withMessage(
              "openssl: the key of "
                  + own
                  + " is kept elsewhere, of type Ed25519 (expected with those: RSA, EC, or another"
                  + " TLS provider)");
    }
  }

  /// One context, many threads, some of which the device refuses: each is told of its own failure.
  @Test
  void failuresAreThoseOfTheirOwnThread() throws Exception {
    Runnable picky =
        () -> {
          if (Thread.currentThread().getName().startsWith(BAD)) {
            throw new IllegalStateException(Thread.currentThread().getName());
          }
        };
    try (RemoteKeys device = new RemoteKeys(picky);
        ExecutorService good = Executors.newFixedThreadPool(2);
        ExecutorService bad =
            Executors.newFixedThreadPool(2, Thread.ofPlatform().name(BAD, 0).factory())) {
      CertKey kept = device.keep(TestCertificates.server());
      TlsContext server = library.server(Ends.server(TlsVersion.TLS_1_3).withCertificate(kept));
      TlsContext client = library.client(Ends.client(TlsVersion.TLS_1_3).withResumption(0));
      List<Future<String>> said = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        said.add((i % 2 == 0 ? good : bad).submit(shaking(client, server)));
      }
      for (int i = 0; i < said.size(); i++) {
        String own = said.get(i).get();
        assertThat(own)
            .isEqualTo(i % 2 == 0 ? "" : "the key of " + kept + " could not sign: " + BAD);
      }
    }
  }

  /// {@return why the server failed, without the thread's number; empty when it did not}
  private static Callable<String> shaking(TlsContext client, TlsContext server) {
    return () -> {
      try (TlsPair pair = TlsPair.of(client, server, TestCertificates.NAME).pump()) {
        TlsException failure = pair.server().failure();
        String text = failure == null ? "" : String.valueOf(failure.getMessage());
        String own = Thread.currentThread().getName();
        assertThat(text.isEmpty() || text.endsWith(own)).as(text).isTrue();
        return text.replace(own, BAD);
      }
    };
  }
}

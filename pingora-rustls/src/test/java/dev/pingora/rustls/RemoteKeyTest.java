// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.rustls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.Eventually;
import dev.pingora.testkit.Malloc;
import dev.pingora.testkit.TestContent;
import dev.pingora.testkit.tls.RemoteKeys;
import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.testkit.tls.TlsPair;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.ClientAuth;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.KeyType;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsContext.ServerId;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsException.Reason;
import dev.pingora.tls.TlsSession;
import dev.pingora.tls.TlsVersion;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.ProviderException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Keys kept elsewhere: when they are asked, what they leave behind, and how octets wait meanwhile.
@NeedsLibrary
final class RemoteKeyTest {
  private static final int CONTEXTS = 1_000;
  private static final int HANDSHAKES = 1_000;

  /// Octets of the native half's largest room for what waits.
  private static final int MOST_WAITING = 64 << 10;

  private static TlsPair pair(ServerTls serving) throws TlsException {
    return Ends.pair(Ends.client(), serving);
  }

  @Test
  void contextsLeaveNothingBehind() throws Exception {
    try (RemoteKeys device = new RemoteKeys(() -> {})) {
      ServerTls config = ServerTls.of(device.keep(TestCertificates.server()));
      Malloc.growsLessThan(8 << 20, () -> makeAndForget(config));
    }
  }

  private static void makeAndForget(ServerTls config) throws Exception {
    for (int i = 0; i < CONTEXTS; i++) {
      assertThat(Ends.context(config).blocks()).isTrue();
      if (i % 500 == 0) {
        System.gc(); // the contexts are not reachable any more
      }
    }
    Eventually.holds(
        "forgotten",
        () -> {
          System.gc();
          return RemoteKey.live() < 100;
        });
  }

  /// The table names a key for as long as a session may ask for it.
  @Test
  void sessionsSignAfterTheirContextIsGone() throws Exception {
    try (RemoteKeys device = new RemoteKeys(() -> {})) {
      CertKey kept = device.keep(TestCertificates.server());
      for (int i = 0; i < 20; i++) {
        try (TlsPair pair = pair(Ends.server().withCertificate(kept))) {
          System.gc();
          System.gc();
          pair.handshake();
        }
      }
      assertThat(device.signatures()).isEqualTo(21);
    }
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
      long live = Native.live();
      Malloc.growsLessThan(128 << 10, () -> fail(client, server, HANDSHAKES));
      assertThat(Native.live()).isEqualTo(live);
    }
  }

  private static void fail(TlsContext client, TlsContext server, int count) throws TlsException {
    for (int i = 0; i < count; i++) {
      try (TlsPair pair = TlsPair.of(client, server, TestCertificates.NAME).pump()) {
        assertThat(pair.server().failure())
            .hasMessageStartingWith("rustls: the key of ")
            .hasMessageContaining("could not sign: no");
        assertThat(pair.client().isComplete()).isFalse();
      }
    }
  }

  @Test
  void errorsOfTheJvmDoNotCrossTheBorder() throws Exception {
    AtomicReference<@Nullable Error> error = new AtomicReference<>();
    Runnable before =
        () -> {
          Error now = error.get();
          if (now != null) {
            throw now;
          }
        };
    try (RemoteKeys device = new RemoteKeys(before)) {
      CertKey kept = device.keep(TestCertificates.server());
      for (Error each : List.of(new OutOfMemoryError("no"), new StackOverflowError("no"))) {
        error.set(each);
        try (TlsPair pair = pair(Ends.server().withCertificate(kept)).pump()) {
          assertThat(pair.server().failure())
              .isInstanceOfSatisfying(
                  TlsException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INTERNAL))
              .hasMessageContaining("could not sign");
        }
        error.set(null);
      }
    }
  }

  /// Only [TlsSession#handshake] may block.
  @Test
  void nothingButTheHandshakeAsksTheDevice() throws Exception {
    try (RemoteKeys device = new RemoteKeys(() -> {});
        Arena arena = Arena.ofConfined()) {
      ServerTls serving = Ends.server().withCertificate(device.keep(TestCertificates.server()));
      TlsContext client = Ends.context(Ends.client());
      try (TlsPair hello = TlsPair.of(client, Ends.context(serving), TestCertificates.NAME)) {
        hello.client().step();
        byte[] octets = hello.client().take();
        MemorySegment from = arena.allocateFrom(ValueLayout.JAVA_BYTE, octets);
        TlsSession session = hello.server().session();
        assertThat(session.feed(from, 0, octets.length)).isEqualTo(octets.length);
        assertThat(session.drain(arena.allocate(4096), 0, 4096)).isZero();
        assertThat(device.signatures()).isEqualTo(1);
        assertThat(session.handshake()).isFalse();
        assertThat(device.signatures()).isEqualTo(2);
        assertThat(session.drain(arena.allocate(4096), 0, 4096)).isGreaterThan(1000);
      }
    }
  }

  @Test
  void whatWaitsIsBounded() throws Exception {
    try (RemoteKeys device = new RemoteKeys(() -> {});
        Arena arena = Arena.ofConfined();
        TlsPair pair =
            pair(Ends.server().withCertificate(device.keep(TestCertificates.server())))) {
      TlsSession session = pair.server().session();
      MemorySegment octets = arena.allocate(100_000);
      assertThat(session.feed(octets, 0, 100_000)).isEqualTo(MOST_WAITING);
      assertThat(session.feed(octets, 0, 100_000)).isZero();
      pair.server().step();
      assertThat(pair.server().failure()).isNotNull();
      assertThat(session.feed(octets, 0, 100_000)).isEqualTo(100_000); // nobody looks at them
    }
  }

  /// A client may send its request right behind its Finished.
  @ParameterizedTest
  @ValueSource(ints = {1, 100, 16_384, 60_000})
  void octetsBehindTheHandshakeAreNotLost(int length) throws Exception {
    byte[] content = TestContent.of(length);
    try (RemoteKeys device = new RemoteKeys(() -> {});
        Arena arena = Arena.ofConfined();
        TlsPair pair =
            pair(
                Ends.server(TlsVersion.TLS_1_3)
                    .withCertificate(device.keep(TestCertificates.server())))) {
      pair.client().step();
      pair.server().deliver(pair.client().take());
      pair.server().step();
      pair.client().deliver(pair.server().take());
      pair.client().step();
      pair.client().send(content);
      pair.client().closeNotify();
      byte[] all = pair.client().take();
      MemorySegment from = arena.allocateFrom(ValueLayout.JAVA_BYTE, all);
      TlsSession session = pair.server().session();
      assertThat(session.feed(from, 0, all.length)).isEqualTo(all.length);
      session.endOfInput();
      assertThat(session.handshake()).isTrue();
      MemorySegment into = arena.allocate(length + 1);
      int got = 0;
      for (int n = 1; n > 0; got += Math.max(0, n)) {
        n = session.read(into, got, length + 1 - got);
        if (n < 0) {
          break;
        }
      }
      assertThat(into.asSlice(0, got).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(content);
      assertThat(session.read(into, 0, 1)).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void shortFeedsAndTruncationAreAsWithOtherKeys(TlsVersion version) throws Exception {
    try (RemoteKeys device = new RemoteKeys(() -> {})) {
      ServerTls serving =
          Ends.server(version)
              .withCertificate(device.keep(TestCertificates.server(KeyType.RSA)))
              .withClientAuth(ClientAuth.REQUIRED, TestCertificates.roots());
      ClientTls asking =
          Ends.client().withCertificate(device.keep(TestCertificates.client(KeyType.RSA)));
      try (TlsPair pair = Ends.pair(asking, serving).limit(1).handshake()) {
        assertThat(pair.toServer(new byte[] {1, 2})).containsExactly(1, 2);
        assertThat(pair.toClient(new byte[] {3})).containsExactly(3);
      }
      try (TlsPair pair = Ends.pair(asking, serving)) {
        pair.client().step();
        byte[] hello = pair.client().take();
        pair.server().deliver(java.util.Arrays.copyOf(hello, hello.length / 2));
        pair.server().endOfInput();
        pair.server().step();
        assertThat(pair.server().failure())
            .isInstanceOfSatisfying(
                TlsException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TRUNCATED));
      }
    }
  }

  @Test
  void secretsAreToldAsWithOtherKeys() throws Exception {
    List<String> client = new ArrayList<>();
    List<String> server = new ArrayList<>();
    try (RemoteKeys device = new RemoteKeys(() -> {})) {
      ServerTls serving =
          Ends.server()
              .withCertificate(device.keep(TestCertificates.server()))
              .withKeyLog(server::add);
      try (TlsPair _ = Ends.pair(Ends.client().withKeyLog(client::add), serving).handshake()) {
        assertThat(server).hasSize(5).containsExactlyInAnyOrderElementsOf(client);
      }
    }
  }

  /// A number that means nothing, as a fault of ours might send it.
  @Test
  void numbersThatAreNoKeysAreErrors() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment room = arena.allocate(100);
      for (long number : new long[] {0, -1, 1, Long.MIN_VALUE, Long.MAX_VALUE}) {
        long length = RemoteKey.sign(number, 0x0403, room.address(), 10, room.address(), 100);
        assertThat(length).isNegative();
        assertThat(room.getString(0)).startsWith("a key that could not sign: it is not known");
        assertThat(RemoteKey.sign(number, 0, 0, 0, room.address(), 5)).isEqualTo(-5);
      }
    }
  }

  @Test
  void theContextOfAServerIsNotTakenForAnother() throws Exception {
    try (RemoteKeys device = new RemoteKeys(() -> {})) {
      TlsContext local = Ends.context(Ends.server());
      assertThat(local.blocks()).isFalse();
      TlsContext asking =
          Ends.context(Ends.client().withCertificate(device.keep(TestCertificates.client())));
      assertThat(asking.blocks()).isTrue();
      asking.session(new ServerId(TestCertificates.NAME, "")).close();
      assertThat(device.signatures()).isEqualTo(1);
    }
  }
}

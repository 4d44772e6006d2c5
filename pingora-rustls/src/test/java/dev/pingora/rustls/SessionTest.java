// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.rustls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.testkit.Allocation;
import dev.pingora.testkit.Malloc;
import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.testkit.tls.TlsPair;
import dev.pingora.tls.TlsContext.ServerId;
import dev.pingora.tls.TlsDigest;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsException.Reason;
import dev.pingora.tls.TlsSession;
import dev.pingora.tls.TlsVersion;
import dev.pingora.tls.Verify;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A session beyond the handshake: secrets, keys, memory, misuse.
@NeedsLibrary
final class SessionTest {
  private static final int RECORD = 16_384;

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void tellsTheSameSecretsOnBothSides(TlsVersion version) throws Exception {
    List<String> client = new ArrayList<>();
    List<String> server = new ArrayList<>();
    try (TlsPair _ =
        Ends.pair(
                Ends.client().withKeyLog(client::add),
                Ends.server(version).withAlpn(List.of("h2"), false).withKeyLog(server::add))
            .handshake()) {
      assertThat(client).containsExactlyInAnyOrderElementsOf(server);
      assertThat(client.stream().map(line -> line.split(" ", 2)[0]))
          .containsExactlyInAnyOrderElementsOf(
              version == TlsVersion.TLS_1_2
                  ? List.of("CLIENT_RANDOM")
                  : List.of(
                      "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
                      "SERVER_HANDSHAKE_TRAFFIC_SECRET",
                      "CLIENT_TRAFFIC_SECRET_0",
                      "SERVER_TRAFFIC_SECRET_0",
                      "EXPORTER_SECRET"));
      assertThat(client).allMatch(line -> line.matches("[A-Z_0-9]+ [0-9a-f]{64} [0-9a-f]{64,96}"));
    }
  }

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void exportsTheSameOnBothSides(TlsVersion version) throws Exception {
    byte[] context = "context".getBytes(StandardCharsets.US_ASCII);
    try (TlsPair pair = Ends.pair(Ends.client(), Ends.server(version)).handshake()) {
      byte[] material = pair.client().session().export("EXPORTER-test", context, 80);

      assertThat(material).hasSize(80);
      assertThat(pair.server().session().export("EXPORTER-test", context, 80)).isEqualTo(material);
      assertThat(pair.server().session().export("EXPORTER-other", context, 80))
          .isNotEqualTo(material);
      assertThat(pair.server().session().export("EXPORTER-test", new byte[0], 80))
          .isNotEqualTo(material);
    }
    try (TlsPair pair = Ends.pair(Ends.client(), Ends.server(version))) {
      assertThatThrownBy(() -> pair.server().session().export("EXPORTER-test", context, 80))
          .isInstanceOf(TlsException.class);
    }
  }

  @Test
  void makesNewKeysInBothDirections() throws Exception {
    try (TlsPair pair = Ends.pair(Ends.client(), Ends.server(TlsVersion.TLS_1_3)).handshake()) {
      for (int i = 0; i < 20; i++) {
        pair.client().session().keyUpdate(true);
        assertThat(pair.toServer(new byte[] {1})).containsExactly(1);
        pair.server().session().keyUpdate(false);
        assertThat(pair.toClient(new byte[] {2})).containsExactly(2);
      }
    }
    try (TlsPair pair = Ends.pair(Ends.client(), Ends.server(TlsVersion.TLS_1_2)).handshake()) {
      assertThatThrownBy(() -> pair.client().session().keyUpdate(true))
          .isInstanceOf(UnsupportedOperationException.class);
      assertThat(pair.toServer(new byte[] {1})).containsExactly(1);
    }
  }

  @Test
  void sendsTheHalfOfAHybridGroupOnlyWhenAsked() throws Exception {
    int[] shares = new int[2];
    for (int i = 0; i < 2; i++) {
      try (TlsPair pair = Ends.pair(Ends.client().withSecondKeyShare(i == 1), Ends.server())) {
        pair.client().step();
        shares[i] = pair.client().take().length;
        assertThat(shares[i]).isGreaterThan(1184); // the hybrid share
      }
      try (TlsPair pair =
          Ends.pair(Ends.client().withSecondKeyShare(i == 1), Ends.server()).handshake()) {
        assertThat(pair.client().session().digest().group()).isEqualTo("X25519MLKEM768");
      }
    }
    assertThat(shares[1] - shares[0]).isBetween(36 - 8, 36 + 8); // GREASE-like padding aside
  }

  @Test
  void staplesOcspResponses() throws Exception {
    byte[] response = "an OCSP response, which nobody looks at".getBytes(StandardCharsets.US_ASCII);
    var certificate = TestCertificates.server().withOcsp(response);
    try (TlsPair pair =
        Ends.pair(Ends.client(), Ends.server(TlsVersion.TLS_1_2).withCertificate(certificate))) {
      pair.client().step();
      pair.server().deliver(pair.client().take());
      assertThat(new String(pair.server().take(), StandardCharsets.ISO_8859_1))
          .contains("an OCSP response, which nobody looks at");
    }
  }

  @Test
  void asksNobodyByAddressOrWithoutName() throws Exception {
    var server = Ends.context(Ends.server());
    try (TlsPair pair =
        TlsPair.of(Ends.context(Ends.client()), server, TestCertificates.IPV4).handshake()) {
      assertThat(pair.server().session().digest().serverName()).isNull();
      assertThat(pair.client().session().digest().serverName()).isNull();
    }
    var unnamed = Ends.context(Ends.client().withVerify(Verify.CHAIN, TestCertificates.roots()));
    try (TlsPair pair = TlsPair.of(unnamed, server, ServerId.NONE).handshake()) {
      TlsDigest seen = pair.server().session().digest();
      assertThat(seen.serverName()).isNull();
    }
    for (String bad : new String[] {"", "no name", "-.-", "a..b"}) {
      assertThatThrownBy(() -> Ends.context(Ends.client()).session(new ServerId(bad, "")))
          .isInstanceOfSatisfying(
              TlsException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CONFIGURATION));
    }
  }

  @Test
  void writesNoMoreAfterCloseNotify() throws Exception {
    try (TlsPair pair = Ends.pair(Ends.client(), Ends.server()).handshake();
        Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(10);
      pair.client().closeNotify();
      assertThatThrownBy(() -> pair.client().session().write(memory, 0, 10))
          .isInstanceOf(TlsException.class)
          .hasMessageContaining("close_notify");
      assertThat(pair.toClient(new byte[] {1})).containsExactly(1); // the other half goes on
    }
  }

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void allocatesNothingPerRecord(TlsVersion version) throws Exception {
    try (TlsPair pair = Ends.pair(Ends.client(), Ends.server(version)).handshake();
        Arena arena = Arena.ofConfined()) {
      MemorySegment plain = arena.allocate(RECORD);
      MemorySegment wire = arena.allocate(RECORD + 1000);
      TlsSession client = pair.client().session();
      TlsSession server = pair.server().session();
      records(client, server, plain, wire, 20_000);

      long allocated = Allocation.of(() -> records(client, server, plain, wire, 10_000));

      assertThat(allocated).isLessThan(1000);
    }
  }

  private static void records(
      TlsSession client, TlsSession server, MemorySegment plain, MemorySegment wire, int count) {
    try {
      for (int i = 0; i < count; i++) {
        int length = 1 + i % 100;
        if (client.write(plain, 0, length) != length) {
          throw new AssertionError("not all was written");
        }
        int sent = client.drain(wire, 0, RECORD + 1000);
        int got = 0;
        if (server.feed(wire, 0, sent) == sent) {
          got = server.read(plain, 0, RECORD);
        }
        if (got != length) {
          throw new AssertionError(got + " octets arrived (expected: " + length + ")");
        }
      }
    } catch (TlsException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void refusesWhatIsNotThere() throws Exception {
    try (TlsPair pair = Ends.pair(Ends.client(), Ends.server()).handshake();
        Arena arena = Arena.ofConfined()) {
      TlsSession session = pair.client().session();
      MemorySegment memory = arena.allocate(10);
      assertThatThrownBy(() -> session.feed(memory, 5, 6))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> session.drain(memory, -1, 2))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> session.read(MemorySegment.ofArray(new byte[5]), 0, 5))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(session.read(memory, 10, 0)).isZero();
      assertThat(session.write(memory, 0, 0)).isZero();
      assertThat(session.feed(memory, 0, 0)).isZero();
    }
  }

  @Test
  void isFreedOnceAndUsedNoMore() throws Exception {
    long before = Native.live();
    TlsSession session = Ends.context(Ends.client()).session(new ServerId("a.example", ""));
    assertThat(Native.live()).isEqualTo(before + 1);
    session.close();
    session.close();
    assertThat(Native.live()).isEqualTo(before);
    assertThatThrownBy(session::handshake).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(session::digest).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(session::endOfInput).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void outlivesItsContext() throws Exception {
    Malloc.growsLessThan(
        4 << 20,
        () -> {
          for (int i = 0; i < 300; i++) {
            try (TlsPair pair = Ends.pair(Ends.client(), Ends.server())) {
              if (i % 100 == 0) {
                System.gc(); // the contexts are not reachable any more
              }
              pair.handshake();
            }
          }
        });
  }
}

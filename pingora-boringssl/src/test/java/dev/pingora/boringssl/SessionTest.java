// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.boringssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.pingora.testkit.Allocation;
import dev.pingora.testkit.Malloc;
import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.testkit.tls.TlsPair;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.KeyType;
import dev.pingora.tls.NamedGroup;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsContext.ServerId;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProfile;
import dev.pingora.tls.TlsSession;
import dev.pingora.tls.TlsVersion;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What the contract of all providers leaves out: memory, and what only BoringSSL does its own way.
@NeedsLibrary
final class SessionTest {
  private static final int RECORD = 16 * 1024;
  private static final ServerId SERVER = new ServerId(TestCertificates.NAME, "192.0.2.1:443");

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment wire = arena.allocate(128 * 1024);
  private final MemorySegment content = arena.allocate(RECORD);

  @AfterEach
  void free() {
    arena.close();
  }

  private void records(TlsSession from, TlsSession to, int count) {
    try {
      for (int i = 0; i < count; i++) {
        if (from.write(content, 0, RECORD) != RECORD) {
          throw new AssertionError("a record does not fit");
        }
        int length = from.drain(wire, 0, 20_000);
        to.feed(wire, 0, length);
        if (to.read(content, 0, RECORD) != RECORD || to.read(content, 0, RECORD) != 0) {
          throw new AssertionError("a record got lost");
        }
      }
    } catch (TlsException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void allocatesNothingOnTheHeapPerRecord() throws Exception {
    try (TlsPair pair = Ends.connected(TlsVersion.TLS_1_3)) {
      TlsSession client = pair.client().session();
      TlsSession server = pair.server().session();
      records(client, server, 30_000);
      long bytes = Allocation.of(() -> records(client, server, 10_000));
      assertThat(bytes).as("bytes for 10,000 records").isLessThan(10_000);
    }
  }

  /// A share of X25519MLKEM768 has 1216 octets, one of X25519 has 32 (RFC 8446 §4.2.8).
  @Test
  void sendsOneKeyShareUnlessASecondIsAskedFor() throws Exception {
    ClientTls one =
        Ends.client(TlsVersion.TLS_1_3)
            .withProfile(
                TlsProfile.MODERN.withGroups(
                    List.of(NamedGroup.X25519MLKEM768, NamedGroup.X25519)));
    int with = first(Ends.BORINGSSL.client(one.withSecondKeyShare(true)));
    int without = first(Ends.BORINGSSL.client(one.withSecondKeyShare(false)));
    assertThat(with - without).isEqualTo(2 + 2 + 32);
  }

  @Test
  void refusesGroupsItLacksWhenThatIsAll() {
    ServerTls config = Ends.server(TlsVersion.TLS_1_3);
    assertThatExceptionOfType(TlsException.class)
        .isThrownBy(() ->
            Ends.BORINGSSL.server(
                config.withProfile(TlsProfile.MODERN.withGroups(List.of(NamedGroup.X448)))))
        .withMessageContaining("boringssl: groups: BoringSSL of ")
        .satisfies(e -> assertThat(e.reason()).isEqualTo(TlsException.Reason.CONFIGURATION));
  }

  @Test
  void refusesKeysOfRsaPss() {
    assertThatExceptionOfType(TlsException.class)
        .isThrownBy(
            () -> Ends.BORINGSSL.server(ServerTls.of(TestCertificates.server(KeyType.RSA_PSS))))
        .withMessageStartingWith("boringssl: ")
        .satisfies(e -> assertThat(e.reason()).isEqualTo(TlsException.Reason.CONFIGURATION));
  }

  /// Puts a ClientHello into `wire`.
  private int first(TlsContext clients) throws TlsException {
    try (TlsSession client = clients.session(SERVER)) {
      assertThat(client.handshake()).isFalse();
      return client.drain(wire, 0, 4096);
    }
  }

  @Test
  void abortedHandshakesLeaveNoMemoryBehind() throws Exception {
    Malloc.growsLessThan(128 << 10, () -> aborts(2_000));
  }

  @Test
  @Tag("long")
  void aMillionAbortedHandshakesLeaveNoMemoryBehind() throws Exception {
    Malloc.growsLessThan(512 << 10, () -> aborts(200_000));
  }

  /// Connections that end at some point of the handshake, one after the other.
  private void aborts(int count) throws TlsException {
    TlsContext clients = Ends.BORINGSSL.client(Ends.client(TlsVersion.TLS_1_3));
    TlsContext servers = Ends.BORINGSSL.server(Ends.server(TlsVersion.TLS_1_3));
    for (int i = 0; i < count; i++) {
      try (TlsSession client = clients.session(SERVER);
          TlsSession server = servers.session(ServerId.NONE)) {
        client.handshake();
        int length = client.drain(wire, 0, 4096);
        // Most are cut short; each sixteenth has the server do its signature.
        server.feed(wire, 0, i % 16 < 2 ? length : i * 7 % length);
        if (i % 2 == 0) { // else what was fed stays unread
          server.handshake();
        }
        if (i % 16 == 0) {
          length = server.drain(wire, 0, 4096);
          client.feed(wire, 0, i * 7 % length);
          client.handshake();
        }
      }
    }
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.Malloc;
import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsContext.ServerId;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProvider;
import dev.pingora.tls.TlsSession;
import dev.pingora.tls.Verify;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A million connections that end within the handshake leave no memory behind, whatever the
/// library. Most end in the ClientHello, as they do when somebody scans; some when a side has done
/// its signature, and some with nothing missing but the end of the last message.
final class AbortedHandshakesTest {
  private static final int A_ROUND = 200_000;

  /// Three lost octets of each connection are more, as are the lost sessions of the rarest kind.
  private static final int MOST_GROWTH = 512 << 10;

  /// One of so many connections gets to the server's signature, another to the last flight.
  private static final int RARE = 128;

  private static final int ROOM = 32 << 10;

  private final MemorySegment up = Arena.ofAuto().allocate(ROOM);
  private final MemorySegment down = Arena.ofAuto().allocate(ROOM);

  @Tag("long")
  @ParameterizedTest(name = "{0}")
  @MethodSource("dev.pingora.conformance.EngineContexts#named")
  void leaveNoMemoryBehind(TlsProvider provider) throws Exception {
    Ends ends = Ends.of(provider);
    Malloc.growsLessThan(MOST_GROWTH, () -> abort(ends, A_ROUND));
  }

  private record Ends(TlsContext client, TlsContext server) {
    static Ends of(TlsProvider provider) throws TlsException {
      return new Ends(
          provider.client(
              ClientTls.standard()
                  .withVerify(Verify.CHAIN_AND_NAME, TestCertificates.roots())
                  .withAlpn(List.of("h2"))),
          provider.server(ServerTls.of(TestCertificates.server()).withAlpn(List.of("h2"), false)));
    }
  }

  private void abort(Ends ends, int count) throws TlsException {
    ServerId id = new ServerId(TestCertificates.NAME, "192.0.2.1:443");
    int hello;
    try (TlsSession client = ends.client.session(id)) {
      client.handshake();
      hello = client.drain(up, 0, ROOM);
    }
    MemorySegment said = Arena.ofAuto().allocate(hello).copyFrom(up.asSlice(0, hello));
    for (int i = 0; i < count; i++) {
      switch (i % RARE) {
        case 0 -> late(ends, id, i, false);
        case RARE / 2 -> late(ends, id, i, true);
        default -> early(ends, id, i, said);
      }
    }
  }

  /// The hello is cut; what there is of it was looked at, or not.
  private static void early(Ends ends, ServerId id, int i, MemorySegment hello)
      throws TlsException {
    try (TlsSession server = ends.server.session(ServerId.NONE)) {
      server.feed(hello, 0, i * 7 % (int) hello.byteSize());
      if (i % 2 == 0) {
        assertThat(server.handshake()).isFalse();
      }
    }
    if (i % 32 == 1) {
      try (TlsSession client = ends.client.session(id)) {
        client.handshake(); // and nobody takes what it says
      }
    }
  }

  /// The server's flight is cut, or the client's last.
  private void late(Ends ends, ServerId id, int i, boolean last) throws TlsException {
    try (TlsSession client = ends.client.session(id);
        TlsSession server = ends.server.session(ServerId.NONE)) {
      client.handshake();
      feed(server, up, client.drain(up, 0, ROOM));
      server.handshake();
      int length = server.drain(down, 0, ROOM);
      feed(client, down, last ? length : i * 7 % length);
      assertThat(client.handshake()).isEqualTo(last);
      if (last) {
        length = client.drain(up, 0, ROOM);
        feed(server, up, i * 7 % length);
        assertThat(server.handshake()).isFalse();
      }
    }
  }

  private static void feed(TlsSession session, MemorySegment octets, int length)
      throws TlsException {
    assertThat(session.feed(octets, 0, length)).isEqualTo(length);
  }
}

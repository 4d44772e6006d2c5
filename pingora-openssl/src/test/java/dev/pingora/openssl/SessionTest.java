// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.pingora.testkit.Allocation;
import dev.pingora.testkit.Malloc;
import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.testkit.tls.TlsEnd;
import dev.pingora.testkit.tls.TlsPair;
import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsContext.ServerId;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsSession;
import dev.pingora.tls.TlsVersion;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(Libraries.class)
class SessionTest {
  private static final int RECORD = 16 * 1024;
  private static final ServerId SERVER = new ServerId(TestCertificates.NAME, "192.0.2.1:443");

  @Parameter private Libraries library = Libraries.SYSTEM;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment wire = arena.allocate(128 * 1024);
  private final MemorySegment content = arena.allocate(128 * 1024);
  private int before;

  @BeforeEach
  void count() {
    before = library.library().sessions.size();
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(library.library().sessions.size()).as("live sessions").isEqualTo(before);
    arena.close();
  }

  @Test
  void whoLeavesInTheMiddleOfAHandshakeIsNotWaitedFor() throws TlsException {
    OpenSslProvider provider = library.provider();
    for (TlsVersion version : TlsVersion.values()) {
      try (TlsPair pair =
          TlsPair.of(
              provider,
              Ends.client(version),
              provider,
              Ends.server(version),
              TestCertificates.NAME)) {
        pair.client().step();
        pair.server().deliver(pair.client().take());
        pair.server().deliver(new byte[] {21, 3, 3, 0, 2, 1, 0}); // close_notify
        TlsException failure = pair.server().failure();
        assertThat(failure).as("%s", version).isNotNull();
        assertThat(failure.reason()).isEqualTo(TlsException.Reason.ALERTED);
        assertThat(failure.alert()).isZero();
      }
    }
  }

  private void record(TlsSession from, TlsSession to) throws TlsException {
    assertThat(from.write(content, 0, RECORD)).isEqualTo(RECORD);
    int count = from.drain(wire, 0, 20_000);
    int fed = 0;
    while (fed < count) {
      fed += to.feed(wire, fed, count - fed);
    }
    int read = to.read(content, 0, RECORD);
    assertThat(read).isEqualTo(RECORD);
    assertThat(to.read(content, 0, RECORD)).isZero();
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
    try (TlsPair pair = Ends.connected(library, TlsVersion.TLS_1_3)) {
      TlsSession client = pair.client().session();
      TlsSession server = pair.server().session();
      records(client, server, 30_000);
      long bytes = Allocation.of(() -> records(client, server, 10_000));
      assertThat(bytes).as("bytes for 10,000 records").isLessThan(10_000);
    }
  }

  @Test
  void holdsNoOctetsWhenIdle() throws Exception {
    try (TlsPair pair = Ends.connected(library, TlsVersion.TLS_1_3)) {
      for (TlsEnd end : List.of(pair.client(), pair.server())) {
        assertThat(((OpenSslSession) end.session()).wire().held()).as("%s", end).isZero();
      }
      pair.client().session().write(content, 0, RECORD);
      Wire client = ((OpenSslSession) pair.client().session()).wire();
      assertThat(client.held()).isPositive();
      pair.client().session().drain(wire, 0, 20_000);
      assertThat(client.held()).isZero();
    }
  }

  @Test
  void takesNoMoreThanItMayHold() throws Exception {
    try (TlsPair pair = Ends.connected(library, TlsVersion.TLS_1_3)) {
      TlsSession client = pair.client().session();
      int taken = 0;
      int more = client.write(content, 0, 100_000);
      while (more > 0) {
        taken += more;
        more = client.write(content, 0, 100_000);
      }
      assertThat(taken).isBetween(Wire.MAX_OUTPUT - 2 * RECORD, Wire.MAX_OUTPUT + RECORD);
      int drained = client.drain(wire, 0, 100_000);
      assertThat(drained).isGreaterThan(taken);
      assertThat(client.write(content, 0, 100)).as("after draining").isEqualTo(100);
      assertThat(pair.server().session().feed(wire, 0, drained)).isEqualTo(Wire.MAX_INPUT);
      assertThat(pair.server().session().feed(wire, Wire.MAX_INPUT, 1)).isZero();
    }
  }

  @Test
  void refusesMemoryItMustNotTouch() throws Exception {
    try (TlsPair pair = Ends.connected(library, TlsVersion.TLS_1_3)) {
      TlsSession client = pair.client().session();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> client.write(MemorySegment.ofArray(new byte[10]), 0, 10));
      assertThatExceptionOfType(IndexOutOfBoundsException.class)
          .isThrownBy(() -> client.write(wire, wire.byteSize() - 1, 2));
      assertThatExceptionOfType(IndexOutOfBoundsException.class)
          .isThrownBy(() -> client.drain(wire, -1, 2));
      Arena gone = Arena.ofConfined();
      MemorySegment freed = gone.allocate(10);
      gone.close();
      assertThatIllegalArgumentException().isThrownBy(() -> client.read(freed, 0, 10));
    }
  }

  @Test
  void doesNothingOnceClosed() throws Exception {
    TlsPair pair = Ends.connected(library, TlsVersion.TLS_1_2);
    TlsSession client = pair.client().session();
    pair.close();
    pair.close();
    assertThatIllegalStateException().isThrownBy(() -> client.drain(wire, 0, 1));
    assertThatIllegalStateException().isThrownBy(() -> client.read(wire, 0, 1));
    assertThatIllegalStateException().isThrownBy(() -> client.write(wire, 0, 1));
    assertThatIllegalStateException().isThrownBy(client::digest);
    assertThatIllegalStateException().isThrownBy(client::closeNotify);
    assertThatIllegalStateException().isThrownBy(() -> client.keyUpdate(true));
  }

  @Test
  void abortsAtEachOctetOfTheHandshake() throws Exception {
    for (TlsVersion version : TlsVersion.values()) {
      TlsContext clients = library.client(Ends.client(version));
      TlsContext servers = library.server(Ends.server(version));
      int length = first(clients);
      for (int cut = 0; cut < length; cut++) {
        try (TlsSession server = servers.session(ServerId.NONE)) {
          first(clients);
          server.feed(wire, 0, cut);
          assertThat(server.handshake()).as("after %d octets", cut).isFalse();
          server.endOfInput();
          assertThatExceptionOfType(TlsException.class)
              .isThrownBy(server::handshake)
              .satisfies(e -> assertThat(e.reason()).isEqualTo(TlsException.Reason.TRUNCATED));
        }
      }
    }
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
  private void aborts(int count) throws TlsException, IOException {
    TlsContext clients = library.client(Ends.client(TlsVersion.TLS_1_3));
    TlsContext servers = library.server(Ends.server(TlsVersion.TLS_1_3));
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

  @Test
  void passesOctetsOnUnchanged() throws Exception {
    try (TlsPair pair = Ends.connected(library, TlsVersion.TLS_1_3)) {
      for (int i = 0; i < RECORD; i++) {
        content.set(JAVA_BYTE, i, (byte) (i * 31));
      }
      record(pair.client().session(), pair.server().session());
      for (int i = 0; i < RECORD; i++) {
        assertThat(content.get(JAVA_BYTE, i)).isEqualTo((byte) (i * 31));
      }
    }
  }
}

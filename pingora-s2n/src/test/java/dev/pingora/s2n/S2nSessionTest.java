// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.pingora.testkit.Allocation;
import dev.pingora.testkit.Malloc;
import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.testkit.tls.TlsPair;
import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsContext.ServerId;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsSession;
import dev.pingora.tls.TlsVersion;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What the contract of all providers does not ask.
final class S2nSessionTest {
  private static final int RECORD = 16 * 1024;
  private static final ServerId SERVER = new ServerId(TestCertificates.NAME, "192.0.2.1:443");

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment wire = arena.allocate(256 << 10);
  private final MemorySegment content = arena.allocate(RECORD);

  @AfterEach
  void free() throws TlsException {
    arena.close();
    assertThat(Ends.live()).as("sessions left open").isZero();
  }

  @Test
  void recordsNeedNoHeap() throws Exception {
    try (TlsPair pair = Ends.pair(Ends.client(), Ends.server()).handshake()) {
      TlsSession client = pair.client().session();
      TlsSession server = pair.server().session();
      for (int i = 0; i < 20_000; i++) {
        pass(client, server);
      }
      long least = Long.MAX_VALUE;
      for (int round = 0; round < 5; round++) {
        least = Math.min(least, Allocation.of(() -> passMany(client, server)));
      }
      assertThat(least).as("octets of heap for 1000 records each way").isLessThan(1000);
    }
  }

  private void passMany(TlsSession from, TlsSession to) {
    try {
      for (int i = 0; i < 1000; i++) {
        pass(from, to);
      }
    } catch (TlsException e) {
      throw new AssertionError(e);
    }
  }

  private void pass(TlsSession from, TlsSession to) throws TlsException {
    from.write(content, 0, RECORD);
    int length = from.drain(wire, 0, (int) wire.byteSize());
    int at = 0;
    int got = 0;
    while (got < RECORD) {
      at += to.feed(wire, at, length - at);
      got += to.read(content, 0, RECORD);
    }
  }

  @Test
  void takesNoMoreThanItMayHold() throws Exception {
    try (TlsPair pair = Ends.pair(Ends.client(), Ends.server()).handshake()) {
      TlsSession client = pair.client().session();
      int taken = 0;
      for (int more = 1; more > 0; taken += more) {
        more = client.write(wire, 0, 100_000);
      }
      assertThat(taken).isBetween(Wire.MAX_OUTPUT - RECORD, Wire.MAX_OUTPUT);
      int drained = client.drain(wire, 0, 100_000);
      assertThat(drained).isGreaterThan(taken);
      assertThat(pair.server().session().feed(wire, 0, drained)).isEqualTo(Wire.MAX_INPUT);
      assertThat(pair.server().session().feed(wire, Wire.MAX_INPUT, 1)).isZero();
    }
  }

  @Test
  void refusesMemoryItMustNotTouch() throws Exception {
    try (TlsPair pair = Ends.pair(Ends.client(), Ends.server()).handshake()) {
      TlsSession client = pair.client().session();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> client.write(MemorySegment.ofArray(new byte[10]), 0, 10));
      assertThatExceptionOfType(IndexOutOfBoundsException.class)
          .isThrownBy(() -> client.write(wire, wire.byteSize() - 1, 2));
    }
  }

  @Test
  void doesNothingOnceClosed() throws Exception {
    TlsPair pair = Ends.pair(Ends.client(), Ends.server()).handshake();
    TlsSession client = pair.client().session();
    pair.close();
    pair.close();
    assertThatIllegalStateException().isThrownBy(() -> client.drain(wire, 0, 1));
    assertThatIllegalStateException().isThrownBy(() -> client.read(wire, 0, 1));
    assertThatIllegalStateException().isThrownBy(() -> client.write(wire, 0, 1));
    assertThatIllegalStateException().isThrownBy(client::digest);
    assertThatIllegalStateException().isThrownBy(client::closeNotify);
  }

  @Test
  void aServerHoldsNoFailureBack() throws Exception {
    try (TlsPair pair = Ends.pair(Ends.client(), Ends.server()).handshake()) {
      pair.client().send(new byte[100]);
      byte[] record = pair.client().take();
      record[record.length - 1] ^= 1;
      pair.server().deliver(record);
      TlsException failure = pair.server().failure();
      assertThat(failure).isNotNull();
      assertThat(failure.holdNanos()).as("buffers kept by who sends nonsense").isZero();
    }
  }

  @Test
  void abortsAtEachOctetOfTheHandshake() throws Exception {
    for (TlsVersion version : TlsVersion.values()) {
      TlsContext clients = Ends.context(Ends.client().withProfile(Ends.only(version)));
      TlsContext servers = Ends.context(Ends.server().withProfile(Ends.only(version)));
      int length = first(clients);
      for (int cut = 0; cut < length; cut++) {
        try (TlsSession server = servers.session(ServerId.NONE)) {
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
  private void aborts(int count) throws IOException {
    TlsContext clients = Ends.context(Ends.client());
    TlsContext servers = Ends.context(Ends.server());
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

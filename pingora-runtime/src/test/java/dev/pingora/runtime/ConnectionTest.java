// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Connections over a wire that the test plays: what no socket shows.
final class ConnectionTest {
  private static final long MILLI = 1_000_000;
  private static final Connection.Linger LINGER = new Connection.Linger(1000, 60 * Rig.SECOND);

  private final FakeWire wire = new FakeWire();

  private static void write(Connection connection, String text) {
    connection.room(text.length()).put(text.getBytes(US_ASCII));
  }

  // --- writing ---

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void piecesFlushedInOneTurnLeaveInOneSystemCallWhenBound(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      Connection connection = rig.over(wire);
      String all =
          rig.call(thread -> {
            connection.attach(thread);
            StringBuilder expected = new StringBuilder();
            for (int i = 0; i < 200; i++) {
              connection.awaitRoom(thread, 0);
              write(connection, "answer " + i + "\n");
              expected.append("answer ").append(i).append('\n');
              connection.flush();
            }
            connection.drain(thread, 0);
            return expected.toString();
          });
      assertThat(rig.<String>onEventLoop(wire.sent::toString)).isEqualTo(all);
      assertThat(connection.bytesSent()).isEqualTo(all.length());
      assertThat(connection.pendingOutput()).isZero();
      if (rig.loop().isBound()) {
        assertThat(wire.sends).hasValue(1);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void whatIsNotFlushedStaysUntilItIs(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      Connection connection = rig.over(wire);
      rig.<Boolean>call(thread -> {
        connection.attach(thread);
        write(connection, "abc");
        return true;
      });
      assertThat(rig.<Integer>onEventLoop(wire.sent::size)).isZero();
      assertThat(connection.pendingOutput()).isEqualTo(3);
      rig.<Boolean>call(thread -> {
        connection.attach(thread);
        connection.flush();
        connection.drain(thread, 0);
        return true;
      });
      assertThat(rig.<String>onEventLoop(wire.sent::toString)).isEqualTo("abc");
    }
  }

  /// A peer that takes nothing, and a thread that flushes small pieces: it must park, not spin.
  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void aWriterThatIsBlockedCostsNoSystemCalls(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      Connection connection = rig.over(wire);
      rig.onEventLoop(() -> wire.window = 0);
      CountDownLatch blocked = new CountDownLatch(1);
      CompletableFuture<Boolean> writer =
          rig.start(thread -> {
            connection.attach(thread);
            for (int i = 0; i < 40_000; i++) {
              if (!connection.hasRoom()) {
                blocked.countDown();
              }
              connection.awaitRoom(thread, 0);
              write(connection, "twenty bytes of text");
              connection.flush();
            }
            connection.drain(thread, 0);
            return true;
          });
      blocked.await();
      int before = wire.sends.get();
      for (int i = 0; i < 100; i++) {
        var _ = rig.onEventLoop(() -> 0); // a turn
      }
      assertThat(wire.sends.get() - before).as("sends to a socket that is full").isLessThan(5);
      assertThat(writer).isNotDone();
      rig.onEventLoop(() -> wire.window = Long.MAX_VALUE);
      rig.loop().execute(connection.io()::onWritable);
      assertThat(Rig.await(writer)).isTrue();
      assertThat(connection.bytesSent()).isEqualTo(800_000);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void aPeerThatTakesNothingTimesOut(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      Connection connection = rig.over(wire);
      rig.onEventLoop(() -> wire.window = 0);
      byte[] much = new byte[1 << 20];
      assertThatThrownBy(() ->
              rig.call(thread -> {
                connection.attach(thread);
                connection.write(thread, ByteBuffer.wrap(much), 30 * MILLI);
                return true;
              }))
          .isInstanceOfSatisfying(
              ProxyException.class,
              e -> {
                assertThat(e.kind()).isEqualTo(ErrorKind.WRITE_TIMEOUT);
                assertThat(e.source()).isEqualTo(ErrorSource.DOWNSTREAM);
              });
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void progressHoweverSlowExtendsTheWriteDeadline(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      Connection connection = rig.over(wire);
      rig.onEventLoop(() -> wire.window = 0);
      CompletableFuture<Long> writer =
          rig.start(thread -> {
            connection.attach(thread);
            long start = System.nanoTime();
            connection.write(thread, ByteBuffer.wrap(new byte[300_000]), 500 * MILLI);
            connection.drain(thread, 500 * MILLI);
            return System.nanoTime() - start;
          });
      CompletableFuture<Boolean> trickle =
          rig.start(thread -> {
            for (int i = 0; i < 13; i++) {
              thread.await(thread.loop().deadlineIn(60 * MILLI));
              rig.loop()
                  .execute(() -> {
                    wire.window += 25_000;
                    connection.io().onWritable();
                  });
            }
            return true;
          });
      assertThat(Rig.await(writer)).isGreaterThan(500 * MILLI);
      assertThat(Rig.await(trickle)).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void aBrokenSocketFailsTheWriter(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      Connection connection = rig.over(wire);
      rig.onEventLoop(() -> wire.sendFailure = new IOException("broken pipe"));
      assertThatThrownBy(() ->
              rig.call(thread -> {
                connection.attach(thread);
                connection.write(thread, ByteBuffer.wrap(new byte[1 << 20]), 0);
                connection.drain(thread, 0);
                return true;
              }))
          .isInstanceOfSatisfying(
              ProxyException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.WRITE_ERROR))
          .hasRootCauseMessage("broken pipe");
      rig.close(connection);
      rig.assertNoBufferInUse();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void movesLargePiecesByReferenceAndSmallOnesAsCopies(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      Connection connection = rig.over(wire);
      FakeWire other = new FakeWire();
      Connection target = rig.over(other);
      byte[] large = new byte[20_000];
      large[19_999] = 7;
      rig.arrive(connection, wire, (byte) 1, (byte) 2, (byte) 3, (byte) 4);
      rig.<Boolean>call(thread -> {
        connection.attach(thread);
        target.attach(thread);
        assertThat(connection.read(thread, RequestThread.NEVER)).isTrue();
        target.moveFrom(connection, 3);
        assertThat(connection.input().remaining()).isEqualTo(1);
        assertThat(connection.input().get()).isEqualTo((byte) 4);
        rig.arrive(connection, wire, large);
        assertThat(connection.read(thread, RequestThread.NEVER)).isTrue();
        target.moveFrom(connection, 20_000);
        assertThat(connection.input().hasRemaining()).isFalse();
        target.flush();
        target.drain(thread, 0);
        return true;
      });
      byte[] sent = rig.onEventLoop(other.sent::toByteArray);
      assertThat(sent).hasSize(20_003).startsWith(1, 2, 3, 0).endsWith(0, 7);
      rig.close(connection);
      rig.close(target);
      rig.assertNoBufferInUse();
    }
  }

  // --- reading ---

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void aSilentPeerTimesOut(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      Connection connection = rig.over(wire);
      assertThatThrownBy(() ->
              rig.call(thread -> {
                connection.attach(thread);
                return connection.read(thread, thread.loop().deadlineIn(20 * MILLI));
              }))
          .isInstanceOfSatisfying(
              ProxyException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.READ_TIMEOUT));
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void aBrokenSocketFailsTheReader(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      Connection connection = rig.over(wire);
      rig.loop()
          .execute(() -> {
            wire.receiveFailure = new IOException("reset by peer");
            connection.io().onHangup();
          });
      assertThatThrownBy(() ->
              rig.call(thread -> {
                connection.attach(thread);
                return connection.read(thread, RequestThread.NEVER);
              }))
          .isInstanceOfSatisfying(
              ProxyException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.READ_ERROR))
          .hasRootCauseMessage("reset by peer");
      assertThat(connection.isHungUp()).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void aConnectionClosedUnderItsReaderWakesIt(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      Connection connection = rig.over(wire);
      AtomicReference<RequestThread> reading = new AtomicReference<>();
      CompletableFuture<Boolean> reader =
          rig.start(thread -> {
            connection.attach(thread);
            reading.set(thread);
            return connection.read(thread, RequestThread.NEVER);
          });
      Rig.eventually("it reads", () -> reading.get() != null);
      rig.loop().execute(() -> connection.io().destroy(new IOException("shut")));
      assertThatThrownBy(() -> Rig.await(reader)).hasRootCauseMessage("shut");
      assertThat(connection.isClosed()).isTrue();
      assertThat(rig.onEventLoop(rig.loop()::connectionCount).intValue()).isZero();
    }
  }

  // --- the end ---

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void closingSendsWhatWasWrittenFirst(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      Connection connection = rig.over(wire);
      rig.onEventLoop(() -> wire.window = 2);
      AtomicInteger closes = new AtomicInteger();
      connection.onClose(closes::incrementAndGet);
      rig.<Boolean>call(thread -> {
        connection.attach(thread);
        write(connection, "abcdef");
        connection.close();
        return true;
      });
      Rig.eventually("it sends", () -> wire.sends.get() > 0);
      assertThat(rig.<String>onEventLoop(wire.sent::toString)).isEqualTo("ab");
      assertThat(wire.closed).isFalse();
      rig.loop()
          .execute(() -> {
            wire.window = 100;
            connection.io().onWritable();
          });
      Rig.eventually("it closes", () -> wire.closed);
      assertThat(rig.<String>onEventLoop(wire.sent::toString)).isEqualTo("abcdef");
      assertThat(wire.outputShut).isFalse();
      assertThat(closes).hasValue(1);
      rig.assertNoBufferInUse();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void aPeerThatTakesNothingCannotKeepAClosingConnection(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      Connection connection = rig.over(wire);
      rig.onEventLoop(() -> wire.window = 2);
      rig.<Boolean>call(thread -> {
        connection.attach(thread);
        write(connection, "abcdef");
        connection.close(LINGER);
        return true;
      });
      Rig.eventually("it sends", () -> wire.sends.get() > 0);
      advance(rig, Connection.CLOSE_STALL_NANOS / 2);
      assertThat(wire.closed).isFalse();
      advance(rig, 2 * Connection.CLOSE_STALL_NANOS);
      assertThat(wire.closed).isTrue();
      rig.assertNoBufferInUse();
    }
  }

  /// Lets time pass for the timers of the loop.
  private static void advance(Rig rig, long nanos) throws Exception {
    rig.onEventLoop(() -> rig.loop().timers().advance(System.nanoTime() + nanos));
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void lingeringEndsWithThePeersEnd(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      Connection connection = closedWithLinger(rig);
      rig.arrive(connection, wire, new byte[100]);
      var _ = rig.onEventLoop(() -> 0);
      assertThat(wire.closed).isFalse();
      rig.loop()
          .execute(() -> {
            wire.ended = true;
            connection.io().onHangup();
          });
      Rig.eventually("it closes", () -> wire.closed);
      assertThat(wire.wasReset).isFalse();
      rig.assertNoBufferInUse();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void lingeringEndsWithItsTime(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      var _ = closedWithLinger(rig);
      advance(rig, LINGER.nanos() / 2);
      assertThat(wire.closed).isFalse();
      advance(rig, 2 * LINGER.nanos());
      assertThat(wire.closed).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void lingeringEndsWithItsBytes(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      Connection connection = closedWithLinger(rig);
      rig.arrive(connection, wire, new byte[999]);
      var _ = rig.onEventLoop(() -> 0);
      assertThat(wire.closed).isFalse();
      rig.arrive(connection, wire, new byte[1]);
      Rig.eventually("it closes", () -> wire.closed);
    }
  }

  private Connection closedWithLinger(Rig rig) throws Exception {
    Connection connection = rig.over(wire);
    rig.<Boolean>call(thread -> {
      connection.attach(thread);
      write(connection, "bye");
      connection.close(LINGER);
      return true;
    });
    Rig.eventually("our direction ends", () -> wire.outputShut);
    assertThat(rig.<String>onEventLoop(wire.sent::toString)).isEqualTo("bye");
    return connection;
  }

  /// A client that floods a closing connection gets a share of each turn, not the loop.
  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void lingeringSharesTheLoop(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      Connection connection = rig.over(wire);
      byte[] piece = new byte[BufferPool.BUFFER_BYTES];
      int pieces = 1000;
      rig.onEventLoop(() -> {
        for (int i = 0; i < pieces; i++) {
          wire.incoming.add(piece);
        }
        wire.turn = rig.loop()::now;
        return true;
      });
      connection.close(new Connection.Linger(Long.MAX_VALUE / 2, 60 * Rig.SECOND));
      Rig.eventually("it has read all", () -> wire.receives.get() > pieces);
      assertThat(wire.mostReceivesOfTurn).isLessThan(10);
      assertThat(wire.closed).isFalse();
    }
  }

  /// Bytes that arrive between the owner's close and the loop's look at it.
  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void bytesThatRaceWithCloseDoNotCutTheLinger(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      Connection connection = rig.over(wire);
      rig.onEventLoop(() -> {
        connection.close(LINGER); // queued, and looked at later in this turn
        wire.incoming.add(new byte[10]);
        connection.io().onReadable();
        return true;
      });
      Rig.eventually("our direction ends", () -> wire.outputShut);
      assertThat(wire.closed).isFalse();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void resettingDropsWhatWasWritten(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      Connection connection = rig.over(wire);
      rig.onEventLoop(() -> wire.window = 0);
      rig.<Boolean>call(thread -> {
        connection.attach(thread);
        write(connection, "abcdef");
        connection.flush();
        write(connection, "ghi");
        connection.reset();
        return true;
      });
      Rig.eventually("it is reset", () -> wire.wasReset);
      assertThat(rig.<Integer>onEventLoop(wire.sent::size)).isZero();
      rig.assertNoBufferInUse();
    }
  }

  /// The connection breaks while its owner holds input, output and an answer half written.
  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void buffersComeBackWhoeverEndsFirst(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      for (boolean reset : new boolean[] {false, true}) {
        FakeWire own = new FakeWire();
        Connection connection = rig.over(own);
        rig.arrive(connection, own, new byte[10]);
        rig.<Boolean>call(thread -> {
          connection.attach(thread);
          assertThat(connection.read(thread, RequestThread.NEVER)).isTrue();
          write(connection, "half an answer");
          CountDownLatch broken = new CountDownLatch(1);
          rig.loop()
              .execute(() -> {
                connection.io().destroy(new IOException("cable cut"));
                broken.countDown();
              });
          while (broken.getCount() > 0) {
            thread.await(thread.loop().deadlineIn(MILLI));
          }
          assertThat(connection.input().remaining()).as("still readable").isEqualTo(10);
          write(connection, "more of it");
          connection.flush();
          if (reset) {
            connection.reset();
          } else {
            connection.close(LINGER);
          }
          return true;
        });
        rig.assertNoBufferInUse();
      }
    }
  }

  @Test
  void aConnectionStaysOnItsLoop() throws Exception {
    try (Rig rig = new Rig(LoopGroupOptions.of("test", 2).withWorkStealing(true))) {
      Connection connection = rig.over(wire);
      CompletableFuture<Boolean> other =
          Rig.start(
              rig.group.loops().get(1),
              thread -> {
                connection.attach(thread);
                return true;
              });
      assertThatThrownBy(() -> Rig.await(other))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("loop 0");
    }
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.testkit.Leaks;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Accepted connections over real sockets, against plain JDK clients.
final class SocketTest {
  private static final long MILLI = 1_000_000;

  private static byte[] noise(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  private static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void echoesBodiesOfAllSizes(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour);
        Listening echo = rig.echo()) {
      for (int size : new int[] {0, 1, 4095, 4096, 65_535, 65_536, 65_537, 1 << 20}) {
        byte[] sent = noise(size);
        try (Socket client = Rig.client(echo)) {
          Thread writer = write(client, sent);
          assertThat(client.getInputStream().readAllBytes()).isEqualTo(sent);
          assertThat(writer.join(Rig.LIMIT)).isTrue();
        }
      }
      rig.assertNoBufferInUse();
      Rig.eventually("all are closed", () -> rig.group.connectionCount() == 0);
    }
  }

  /// Sends everything and ends its direction, beside whoever reads.
  private static Thread write(Socket client, byte[] bytes) {
    return Thread.ofPlatform()
        .start(() -> {
          try {
            OutputStream out = client.getOutputStream();
            out.write(bytes);
            client.shutdownOutput();
          } catch (IOException e) {
            // the reader's to judge: the server may have closed
          }
        });
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void answersAClientThatHasEndedItsDirection(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour);
        Listening listening =
            rig.serve((thread, connection) -> {
              long received = 0;
              while (connection.read(thread, RequestThread.NEVER)) {
                received += connection.input().remaining();
                connection.input().position(connection.input().limit());
              }
              assertThat(connection.isHungUp()).isTrue();
              connection.write(thread, ByteBuffer.wrap(("" + received).getBytes(US_ASCII)), 0);
              connection.close();
            });
        Socket client = Rig.client(listening)) {
      client.getOutputStream().write(noise(100_000));
      client.shutdownOutput();
      assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("100000");
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void knowsBothEndsOfAConnection(Flavour flavour) throws Exception {
    AtomicReference<Connection> accepted = new AtomicReference<>();
    try (Rig rig = Rig.of(flavour);
        Listening listening = rig.listen(accepted::set);
        Socket client = Rig.client(listening)) {
      Rig.eventually("it is accepted", () -> accepted.get() != null);
      Connection connection = accepted.get();
      assertThat(connection.remoteAddress()).isEqualTo(client.getLocalSocketAddress());
      assertThat(connection.localAddress()).isEqualTo(client.getRemoteSocketAddress());
      assertThat(connection.loop()).isSameAs(rig.loop());
      assertThat(connection.establishedNanos()).isLessThanOrEqualTo(System.nanoTime());
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void countsBytes(Flavour flavour) throws Exception {
    AtomicReference<Connection> accepted = new AtomicReference<>();
    try (Rig rig = Rig.of(flavour);
        Listening listening =
            rig.listen(connection -> {
              accepted.set(connection);
              Rig.serve(connection, Rig::echo);
            });
        Socket client = Rig.client(listening)) {
      client.getOutputStream().write(noise(10_000));
      assertThat(client.getInputStream().readNBytes(10_000)).hasSize(10_000);
      assertThat(accepted.get().bytesReceived()).isEqualTo(10_000);
      Rig.eventually("the send is counted", () -> accepted.get().bytesSent() == 10_000);
    }
  }

  /// An answer of many buffers, and a client that begins to read late.
  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void aLargeAnswerWaitsForASlowReader(Flavour flavour) throws Exception {
    byte[] answer = noise(20 << 20);
    try (Rig rig = Rig.of(flavour);
        Listening listening =
            rig.serve((thread, connection) -> {
              connection.write(thread, ByteBuffer.wrap(answer), 0);
              connection.close();
            });
        Socket client = Rig.client(listening)) {
      AtomicReference<Long> inUse = new AtomicReference<>(0L);
      Rig.eventually(
          "the answer stops at the bound",
          () -> {
            long before = inUse.get();
            inUse.set(rig.group.bufferBudget().reserved());
            return before > 0 && inUse.get() == before;
          });
      assertThat(inUse.get()).isLessThanOrEqualTo(Outbox.SLOTS * (long) BufferPool.BUFFER_BYTES);
      assertThat(client.getInputStream().readAllBytes()).isEqualTo(answer);
      rig.assertNoBufferInUse();
    }
  }

  // --- the end ---

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  @SuppressWarnings("try") // closed early, as a part of the test
  void aLingeringCloseDeliversTheWholeAnswerThoughTheClientStillSends(Flavour flavour)
      throws Exception {
    byte[] answer = noise(300_000);
    try (Rig rig = Rig.of(flavour);
        Listening listening =
            rig.serve((thread, connection) -> {
              connection.write(thread, ByteBuffer.wrap(answer), 0);
              connection.close(new Connection.Linger(64 << 20, 10 * Rig.SECOND));
            });
        Socket client = Rig.client(listening)) {
      OutputStream out = client.getOutputStream();
      for (int i = 0; i < 100; i++) {
        out.write(noise(64 << 10)); // nobody asked for this: 6.4 MB
      }
      assertThat(client.getInputStream().readAllBytes()).isEqualTo(answer);
      client.close();
      Rig.eventually("it closes", () -> rig.group.connectionCount() == 0);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void aLingeringCloseDeliversTheAnswerOverAnUnreadUpload(Flavour flavour) throws Exception {
    byte[] answer = noise(1000);
    CountDownLatch uploaded = new CountDownLatch(1);
    try (Rig rig = Rig.of(flavour);
        Listening listening =
            rig.serve((thread, connection) -> {
              while (uploaded.getCount() > 0) {
                thread.await(thread.loop().deadlineIn(MILLI));
              }
              connection.write(thread, ByteBuffer.wrap(answer), 0);
              connection.close(new Connection.Linger(64 << 20, 10 * Rig.SECOND));
            });
        Socket client = Rig.client(listening)) {
      client.getOutputStream().write(noise(50_000));
      client.shutdownOutput(); // the end has come before the answer, over bytes nobody reads
      uploaded.countDown();
      assertThat(client.getInputStream().readAllBytes()).isEqualTo(answer);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void aResetReachesThePeer(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour);
        Listening listening =
            rig.serve((thread, connection) -> {
              assertThat(connection.read(thread, RequestThread.NEVER)).isTrue();
              connection.reset();
            });
        Socket client = Rig.client(listening)) {
      client.getOutputStream().write(1); // a reset before this would fail the connect
      assertThatThrownBy(() -> client.getInputStream().read())
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
    }
  }

  /// Our direction of a connection that the peer has reset cannot be ended any more.
  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void lingeringOverAResetCloses(Flavour flavour) throws Exception {
    Semaphore serving = new Semaphore(0);
    try (Rig rig = Rig.of(flavour);
        Listening listening =
            rig.serve((thread, connection) -> {
              var _ = connection.poll(); // notices the reset on every transport
              serving.release();
              while (!connection.isHungUp()) {
                thread.await(RequestThread.NEVER);
              }
              connection.close(new Connection.Linger(64 << 20, 60 * Rig.SECOND));
            })) {
      for (int i = 0; i < 10; i++) {
        Socket client = Rig.client(listening);
        assertThat(serving.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
        reset(client);
      }
      Rig.eventually("all are closed", () -> rig.group.connectionCount() == 0);
    }
  }

  // --- peers that leave ---

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void aPeerThatLeavesWakesAnOwnerThatWaitsForSomethingElse(Flavour flavour) throws Exception {
    Semaphore serving = new Semaphore(0);
    Semaphore left = new Semaphore(0);
    try (Rig rig = Rig.of(flavour);
        Listening listening =
            rig.serve((thread, connection) -> {
              assertThat(connection.read(thread, RequestThread.NEVER)).isTrue();
              connection.input().get();
              assertThat(connection.poll()).isFalse();
              serving.release();
              while (!connection.isHungUp()) {
                thread.await(RequestThread.NEVER);
              }
              left.release();
              connection.close();
            })) {
      for (boolean abrupt : new boolean[] {false, true}) {
        Socket client = Rig.client(listening);
        client.getOutputStream().write(1);
        assertThat(serving.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
        if (abrupt) {
          reset(client);
        } else {
          client.close();
        }
        assertThat(left.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
      }
      Rig.eventually("all are closed", () -> rig.group.connectionCount() == 0);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void aPeerThatResetsFailsWhoReads(Flavour flavour) throws Exception {
    CompletableFuture<ErrorKind> kind = new CompletableFuture<>();
    CountDownLatch reading = new CountDownLatch(1);
    try (Rig rig = Rig.of(flavour);
        Listening listening =
            rig.serve((thread, connection) -> {
              try {
                while (connection.read(thread, RequestThread.NEVER)) {
                  connection.input().position(connection.input().limit());
                  reading.countDown();
                }
                kind.complete(ErrorKind.CONNECTION_CLOSED);
              } catch (ProxyException e) {
                kind.complete(e.kind());
              }
              connection.close();
            });
        Socket client = Rig.client(listening)) {
      client.getOutputStream().write(1);
      assertThat(reading.await(20, TimeUnit.SECONDS)).isTrue();
      reset(client);
      assertThat(Rig.await(kind)).isEqualTo(ErrorKind.READ_ERROR);
      rig.assertNoBufferInUse();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void aPeerThatResetsFailsWhoWrites(Flavour flavour) throws Exception {
    CompletableFuture<ErrorKind> kind = new CompletableFuture<>();
    try (Rig rig = Rig.of(flavour);
        Listening listening =
            rig.serve((thread, connection) -> {
              byte[] piece = noise(100_000);
              try {
                while (true) {
                  connection.write(thread, ByteBuffer.wrap(piece), 0);
                }
              } catch (ProxyException e) {
                kind.complete(e.kind());
              }
              connection.close();
            });
        Socket client = Rig.client(listening)) {
      assertThat(client.getInputStream().readNBytes(1000)).hasSize(1000);
      reset(client); // while the writer is blocked: nobody reads
      assertThat(Rig.await(kind)).isEqualTo(ErrorKind.WRITE_ERROR);
      rig.assertNoBufferInUse();
      Rig.eventually("all are closed", () -> rig.group.connectionCount() == 0);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void peersThatLeaveAtAnyMomentLeaveNothingBehind(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour);
        Listening echo = rig.echo()) {
      Leaks leaks = Leaks.baseline();
      Random random = new Random(5);
      byte[] bytes = noise(200_000);
      for (int i = 0; i < 150; i++) {
        Socket client = Rig.client(echo);
        if (i % 3 > 0) {
          client.getOutputStream().write(bytes, 0, random.nextInt(100_000));
        }
        if (i % 3 > 1) {
          InputStream in = client.getInputStream();
          assertThat(in.readNBytes(1)).hasSizeLessThanOrEqualTo(1);
        }
        if (i % 2 == 0) {
          reset(client);
        } else {
          client.close();
        }
      }
      Rig.eventually("all are closed", () -> rig.group.connectionCount() == 0);
      rig.assertNoBufferInUse();
      leaks.assertNone();
    }
  }

  /// Every request of a connection has a thread of its own, which ends when the connection rests.
  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  @SuppressWarnings("try") // closed early, as a part of the test
  void aConnectionThatRestsBetweenRequestsMissesNone(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour);
        Listening listening = rig.listen(SocketTest::restAndServe);
        Socket client = Rig.client(listening)) {
      for (int i = 0; i < 2_000; i++) {
        client.getOutputStream().write(i & 0x7f);
        assertThat(client.getInputStream().read()).isEqualTo(i & 0x7f);
      }
      client.close();
      Rig.eventually("it is closed", () -> rig.group.connectionCount() == 0);
    }
  }

  private static void restAndServe(Connection connection) {
    Runnable serve = () -> connection.loop().spawn(thread -> serveOne(thread, connection));
    if (!connection.rest(serve)) {
      serve.run();
    }
  }

  private static void serveOne(RequestThread thread, Connection connection) throws Exception {
    connection.attach(thread);
    if (!connection.read(thread, RequestThread.NEVER)) {
      connection.close();
      return;
    }
    connection.awaitRoom(thread, 0);
    connection.moveFrom(connection, connection.input().remaining());
    connection.flush();
    restAndServe(connection);
  }

  // --- many ---

  /// Ten thousand on the transport that serves by default, fewer on the others.
  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void shortConnectionsLeaveNothingBehind(Flavour flavour) throws Exception {
    int count = flavour.kind() == TransportKind.EPOLL && !flavour.stealing() ? 10_000 : 1_000;
    try (Rig rig = Rig.of(flavour);
        Listening echo = rig.echo()) {
      Leaks leaks = Leaks.baseline();
      for (int i = 0; i < count; i++) {
        try (Socket client = Rig.client(echo)) {
          client.getOutputStream().write(i & 0x7f);
          if (i % 10 > 0) {
            assertThat(client.getInputStream().read()).isEqualTo(i & 0x7f);
          }
        }
      }
      Rig.eventually("all are closed", () -> rig.group.connectionCount() == 0);
      assertThat(rig.<Integer>onEventLoop(rig.loop()::connectionCount)).isZero();
      rig.assertNoBufferInUse();
      Rig.eventually("all threads have ended", rig.loop()::isWithoutThreads);
      leaks.assertNone();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void manyConnectionsAtATimeAreServedByAllLoops(Flavour flavour) throws Exception {
    try (Rig rig = new Rig(flavour.options(2));
        Listening echo = rig.echo()) {
      List<Socket> clients = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        clients.add(Rig.client(echo));
      }
      for (int round = 0; round < 5; round++) {
        for (Socket client : clients) {
          client.getOutputStream().write(round);
        }
        for (Socket client : clients) {
          assertThat(client.getInputStream().read()).isEqualTo(round);
        }
      }
      assertThat(rig.group.connectionCount()).isEqualTo(100);
      for (Loop loop : rig.group.loops()) {
        CompletableFuture<Integer> count = new CompletableFuture<>();
        loop.execute(() -> count.complete(loop.connectionCount()));
        assertThat(Rig.await(count)).as("connections of loop %s", loop.index()).isPositive();
      }
      for (Socket client : clients) {
        client.close();
      }
      Rig.eventually("all are closed", () -> rig.group.connectionCount() == 0);
    }
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Much data in little memory.
final class StreamTest {
  private static final int PIECE = 1 << 20;

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void streamsBothWaysInConstantMemory(Flavour flavour) throws Exception {
    stream(flavour, 64L << 20);
  }

  @Tag("long")
  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void streamsAGibibyteBothWaysInConstantMemory(Flavour flavour) throws Exception {
    stream(flavour, 1L << 30);
  }

  private static void stream(Flavour flavour, long bytes) throws Exception {
    try (Rig rig = Rig.of(flavour);
        Listening echo = rig.echo();
        Socket client = Rig.client(echo)) {
      CompletableFuture<Boolean> written = new CompletableFuture<>();
      Thread.ofPlatform().start(() -> write(client, bytes, written));
      InputStream in = client.getInputStream();
      byte[] piece = new byte[PIECE];
      long most = 0;
      for (long offset = 0; offset < bytes; offset += PIECE) {
        assertThat(in.readNBytes(piece, 0, PIECE)).isEqualTo(PIECE);
        assertThat(piece[0]).isEqualTo((byte) (offset / PIECE));
        assertThat(piece[PIECE - 1]).isEqualTo((byte) (offset / PIECE));
        most = Math.max(most, rig.group.bufferBudget().reserved());
      }
      assertThat(in.read()).isEqualTo(-1);
      assertThat(Rig.await(written)).isTrue();
      assertThat(most).isBetween(1L, (Outbox.SLOTS + 4) * (long) BufferPool.BUFFER_BYTES);
      rig.assertNoBufferInUse();
    }
  }

  /// Writes pieces that carry their number.
  private static void write(Socket client, long bytes, CompletableFuture<Boolean> written) {
    byte[] piece = new byte[PIECE];
    try {
      OutputStream out = client.getOutputStream();
      for (long offset = 0; offset < bytes; offset += PIECE) {
        Arrays.fill(piece, (byte) (offset / PIECE));
        out.write(piece);
      }
      client.shutdownOutput();
      written.complete(true);
    } catch (IOException e) {
      written.completeExceptionally(e);
    }
  }

  /// More connections hold input than the budget has buffers: the others wait, unread, and go on
  /// when buffers come back.
  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void aSpentBudgetPausesReadingUntilBuffersComeBack(Flavour flavour) throws Exception {
    int buffers = 4;
    int connections = 12;
    LoopGroupOptions options =
        new LoopGroupOptions(
            "test",
            1,
            flavour.stealing(),
            flavour.kind(),
            (long) buffers * BufferPool.BUFFER_BYTES,
            1,
            Rig.SECOND);
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch holding = new CountDownLatch(buffers);
    CountDownLatch done = new CountDownLatch(connections);
    try (Rig rig = new Rig(options);
        Listening listening =
            rig.serve((thread, connection) -> {
              assertThat(connection.read(thread, RequestThread.NEVER)).isTrue();
              holding.countDown();
              while (release.getCount() > 0) {
                thread.await(thread.loop().deadlineIn(1_000_000));
              }
              assertThat(connection.input().get()).isEqualTo((byte) 1);
              connection.close();
              done.countDown();
            })) {
      List<Socket> clients = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        Socket client = Rig.client(listening);
        client.getOutputStream().write(1);
        clients.add(client);
      }
      holding.await();
      Rig.eventually("no buffer is left", rig.group.bufferBudget()::exhausted);
      assertThat(rig.onEventLoop(rig.loop()::isShortOfBuffers)).isTrue();
      assertThat(rig.group.bufferBudget().reserved()).isEqualTo(options.bufferedBytes());
      assertThat(done.getCount()).isEqualTo(connections);
      release.countDown();
      done.await();
      for (Socket client : clients) {
        assertThat(client.getInputStream().read()).isEqualTo(-1);
        client.close();
      }
      assertThat(rig.onEventLoop(rig.loop()::isShortOfBuffers)).isFalse();
    }
  }
}

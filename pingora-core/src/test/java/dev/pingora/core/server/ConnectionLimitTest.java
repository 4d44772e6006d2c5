// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.runtime.Connection;
import dev.pingora.runtime.DescriptorLimit;
import dev.pingora.runtime.ListenSpec;
import dev.pingora.runtime.Listening;
import dev.pingora.runtime.LoopGroup;
import dev.pingora.runtime.LoopGroupOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConnectionLimitTest {
  private static final int LIMIT_MILLIS = 20_000;

  @Test
  void leavesDescriptorsForUpstreamsAndTheProcess() {
    assertThat(ConnectionLimit.fromDescriptorLimit(20_200)).isEqualTo(10_000);
    assertThat(ConnectionLimit.fromDescriptorLimit(1024)).isEqualTo(412);
  }

  @Test
  void staysUsableWhateverTheSystemSays() {
    assertThat(ConnectionLimit.fromDescriptorLimit(0)).isEqualTo(16);
    assertThat(ConnectionLimit.fromDescriptorLimit(Long.MAX_VALUE)).isEqualTo(1_000_000);
    assertThat(ConnectionLimit.fromDescriptorLimit(DescriptorLimit.current().soft()))
        .isBetween(16, 1_000_000);
  }

  @Test
  void refusesALimitThatAdmitsNobody() {
    assertThatThrownBy(() -> new ConnectionLimit(0))
        .hasMessage("max_connections: 0 (expected: 1 or more)");
  }

  /// Accepts, counts, and answers each connection with one octet.
  private static Listening serve(LoopGroup loops, ConnectionLimit limit) throws Exception {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return loops.listen(ListenSpec.of(any), connection -> accept(connection, limit));
  }

  private static void accept(Connection connection, ConnectionLimit limit) {
    limit.opened();
    connection.onClose(limit::closed);
    connection
        .loop()
        .spawn(thread -> {
          connection.attach(thread);
          connection.room(1).put((byte) 1);
          connection.flush();
          var _ = connection.read(thread, thread.loop().deadlineIn(LIMIT_MILLIS * 1_000_000L));
          connection.close();
        });
  }

  private static Socket client(Listening listening) throws Exception {
    InetSocketAddress address = (InetSocketAddress) listening.address();
    Socket socket = new Socket(address.getAddress(), address.getPort());
    socket.setSoTimeout(LIMIT_MILLIS);
    return socket;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void clientsAboveTheLimitWaitUntilOthersLeave(boolean stealing) throws Exception {
    ConnectionLimit limit = new ConnectionLimit(3);
    LoopGroupOptions options = LoopGroupOptions.of("test", 1).withWorkStealing(stealing);
    try (LoopGroup loops = LoopGroup.open(options);
        Listening listening = serve(loops, limit)) {
      limit.govern(listening);
      List<Socket> served = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        served.add(client(listening));
        assertThat(served.getLast().getInputStream().read()).isEqualTo(1);
      }
      try (Socket waiting = client(listening)) {
        waiting.setSoTimeout(50);
        assertThatThrownBy(() -> waiting.getInputStream().read())
            .isInstanceOf(SocketTimeoutException.class);
        assertThat(limit.open()).isEqualTo(3);
        served.removeFirst().close();
        waiting.setSoTimeout(LIMIT_MILLIS);
        assertThat(waiting.getInputStream().read()).isEqualTo(1);
      }
      for (Socket socket : served) {
        socket.close();
      }
    }
  }

  /// Waits until the loop has seen the messages that are on their way.
  private static void awaitTurn(LoopGroup loops) throws InterruptedException {
    CountDownLatch seen = new CountDownLatch(1);
    loops.loops().getFirst().execute(seen::countDown);
    assertThat(seen.await(LIMIT_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
  }

  @Test
  void aListenerThatComesLateWaitsToo() throws Exception {
    ConnectionLimit limit = new ConnectionLimit(1);
    try (LoopGroup loops = LoopGroup.open(LoopGroupOptions.of("test", 1));
        Listening listening = serve(loops, limit)) {
      limit.opened();
      limit.govern(listening);
      awaitTurn(loops); // the pause is a message to the loop
      try (Socket waiting = client(listening)) {
        waiting.setSoTimeout(50);
        assertThatThrownBy(() -> waiting.getInputStream().read())
            .isInstanceOf(SocketTimeoutException.class);
        limit.closed();
        waiting.setSoTimeout(LIMIT_MILLIS);
        assertThat(waiting.getInputStream().read()).isEqualTo(1);
      }
    }
  }

  /// Two threads cross the limit up and down at the same time: what listeners hear last is what
  /// holds, or the server would accept nobody any more.
  @Test
  void crossingTheLimitFromManyThreadsLeavesItOpen() throws Exception {
    ConnectionLimit limit = new ConnectionLimit(2);
    try (LoopGroup loops = LoopGroup.open(LoopGroupOptions.of("test", 2));
        Listening listening = serve(loops, limit)) {
      limit.govern(listening);
      Semaphore done = new Semaphore(0);
      for (int i = 0; i < 4; i++) {
        Thread.ofPlatform()
            .start(() -> {
              for (int round = 0; round < 2_000; round++) {
                limit.opened();
                limit.closed();
              }
              done.release();
            });
      }
      assertThat(done.tryAcquire(4, LIMIT_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
      assertThat(limit.open()).isZero();
      for (int i = 0; i < 10; i++) { // both loops
        try (Socket client = client(listening)) {
          assertThat(client.getInputStream().read()).isEqualTo(1);
        }
      }
    }
  }
}

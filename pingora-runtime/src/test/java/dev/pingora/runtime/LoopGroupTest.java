// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.testkit.Leaks;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class LoopGroupTest {
  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  @SuppressWarnings("try") // closed early, as a part of the test
  void twoGroupsLiveInOneMachine(Flavour flavour) throws Exception {
    try (Rig one = new Rig(flavour.options(2));
        Rig other = new Rig(flavour.options(1));
        Listening first = one.echo();
        Listening second = other.echo()) {
      for (int i = 0; i < 10; i++) {
        for (Listening listening : List.of(first, second)) {
          try (Socket client = Rig.client(listening)) {
            client.getOutputStream().write(i);
            assertThat(client.getInputStream().read()).isEqualTo(i);
          }
        }
      }
      one.close();
      try (Socket client = Rig.client(second)) {
        client.getOutputStream().write(7);
        assertThat(client.getInputStream().read()).isEqualTo(7);
      }
      assertThatThrownBy(() -> Rig.client(first)).isInstanceOf(IOException.class);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void aGroupThatWasNeverUsedLeavesNothingBehind(Flavour flavour) {
    warmUp(flavour);
    Leaks leaks = Leaks.baseline();
    for (int i = 0; i < 10; i++) {
      Rig rig = new Rig(flavour.options(2));
      rig.close();
    }
    leaks.assertNone();
  }

  /// What the JDK opens once in a process, when selectors wait in virtual threads, stays open.
  private static void warmUp(Flavour flavour) {
    new Rig(flavour.options(2)).close();
  }

  /// Whatever request threads wait for when the group closes, they are told to give up and end.
  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void closingEndsEveryThreadWhateverItWaitsFor(Flavour flavour) throws Exception {
    warmUp(flavour);
    Leaks leaks = Leaks.baseline();
    ReentrantLock lock = new ReentrantLock();
    CountDownLatch offloaded = new CountDownLatch(1);
    List<CompletableFuture<Boolean>> threads = new ArrayList<>();
    Rig rig = new Rig(flavour.options(2));
    lock.lock();
    try (Socket client = Rig.client(rig.echo())) {
      client.getOutputStream().write(1);
      assertThat(client.getInputStream().read()).isEqualTo(1);
      Connection silent = rig.over(new FakeWire());
      threads.add(rig.start(thread -> thread.await(RequestThread.NEVER)));
      threads.add(rig.start(thread -> thread.await(thread.loop().deadlineIn(3600 * Rig.SECOND))));
      threads.add(
          rig.start(thread -> {
            silent.attach(thread);
            return silent.read(thread, RequestThread.NEVER);
          }));
      threads.add(
          rig.start(thread ->
              thread.offload(() -> {
                offloaded.await();
                return true;
              })));
      threads.add(
          rig.start(_ -> {
            lock.lockInterruptibly();
            return true;
          }));
      if (Flavour.fair().contains(flavour)) {
        threads.add(rig.start(LoopGroupTest::yieldUntilCancelled));
      }
      for (Loop loop : rig.group.loops()) {
        var _ = Rig.await(Rig.start(loop, _ -> 1));
      }
      rig.close();
      for (CompletableFuture<Boolean> thread : threads) {
        assertThatThrownBy(() -> Rig.await(thread)).isNotInstanceOf(AssertionError.class);
      }
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    } catch (java.net.SocketException e) {
      // The connection was reset: as good an end for a server that is shut at once.
    }
    lock.unlock();
    leaks.assertNone();
  }

  @SuppressWarnings("ThreadPriorityCheck") // a thread that never parks
  private static boolean yieldUntilCancelled(RequestThread thread) throws ProxyException {
    while (thread.await(thread.loop().deadlineIn(1))) {
      // woken for no reason
    }
    while (true) {
      Thread.yield();
      var _ = thread.await(thread.loop().now());
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void aThreadSpawnedOnAnEndedLoopIsCancelled(Flavour flavour) throws Exception {
    Rig rig = Rig.of(flavour);
    Loop loop = rig.loop();
    CountDownLatch closing = new CountDownLatch(1);
    CompletableFuture<ErrorKind> late =
        rig.start(thread -> {
          try {
            while (true) {
              closing.countDown();
              thread.await(RequestThread.NEVER);
            }
          } catch (ProxyException e) {
            CompletableFuture<Boolean> child =
                Rig.start(loop, own -> own.await(RequestThread.NEVER));
            assertThatThrownBy(() -> Rig.await(child)).isInstanceOf(ProxyException.class);
            return e.kind();
          }
        });
    closing.await();
    rig.close();
    assertThat(Rig.await(late)).isEqualTo(ErrorKind.CANCELLED);
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void closingTwiceIsHarmless(Flavour flavour) {
    Rig rig = Rig.of(flavour);
    rig.close();
    rig.close();
    rig.group.quiesce();
  }

  @Test
  void countsConnectionsAndTellsWhenOneHasClosed() throws Exception {
    try (Rig rig = new Rig(LoopGroupOptions.of("test", 1));
        Listening echo = rig.echo()) {
      CountDownLatch closed = new CountDownLatch(1);
      rig.group.onConnectionClosed(closed::countDown);
      try (Socket client = Rig.client(echo)) {
        client.getOutputStream().write(1);
        assertThat(client.getInputStream().read()).isEqualTo(1);
        assertThat(rig.group.connectionCount()).isEqualTo(1);
      }
      closed.await();
      assertThat(rig.group.connectionCount()).isZero();
    }
  }

  @Test
  void impossibleOptionsAreRefusedByName() {
    assertThatThrownBy(() -> LoopGroupOptions.of("test", 0))
        .hasMessage("threads: 0 (expected: 1..1024)");
    assertThatThrownBy(() -> LoopGroupOptions.of("test", 1025))
        .hasMessage("threads: 1025 (expected: 1..1024)");
    assertThatThrownBy(
            () -> new LoopGroupOptions("test", 1, false, TransportKind.AUTO, 1 << 20, 0, 1))
        .hasMessage("max_blocking_threads: 0 (expected: 1 or more)");
    assertThatThrownBy(() ->
            LoopGroup.open(LoopGroupOptions.of("test", 1).withTransport(TransportKind.KQUEUE)))
        .hasMessageStartingWith("transport: kqueue is not available here");
  }
}

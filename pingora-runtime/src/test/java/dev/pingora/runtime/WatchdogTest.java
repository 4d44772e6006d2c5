// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The watchdog looks at moments that the tests choose: how fast the machine is does not matter.
final class WatchdogTest {
  private static final long MILLI = 1_000_000;

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicBoolean computing = new AtomicBoolean();

  private Watchdog watchdog(Rig rig) {
    return new Watchdog("test", rig.group.loops(), lines::add);
  }

  /// Keeps the thread busy, as a regular expression or a digest would, until `over`.
  private boolean compute() {
    computing.set(true);
    long end = System.nanoTime() + Rig.LIMIT.toNanos();
    while (!over.get() && System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
    return over.get();
  }

  private static void awaitSleep(Rig rig) throws InterruptedException {
    Rig.eventually("the loop sleeps", () -> rig.loop().turnStart() == 0);
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void namesThePhaseThatStallsABoundLoop(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      CompletableFuture<Boolean> busy =
          rig.start(thread -> {
            thread.phase("requestFilter");
            return compute();
          });
      Rig.eventually("it computes", computing::get);
      Watchdog watchdog = watchdog(rig);
      if (flavour.stealing()) {
        awaitSleep(rig); // nothing stalls: the thread is not the loop's
        watchdog.look(System.nanoTime() + 200 * MILLI);
        assertThat(lines).isEmpty();
      } else {
        watchdog.look(System.nanoTime() + 200 * MILLI);
        assertThat(lines).hasSize(1);
        assertThat(lines.getFirst())
            .startsWith("loop 0 is stalled for ")
            .contains(" ms by requestFilter at ")
            .contains("WatchdogTest.compute")
            .contains("(expected: waiting work in session.offload(…))");
      }
      over.set(true);
      assertThat(Rig.await(busy)).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void namesATaskThatStallsTheEventLoop(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      CompletableFuture<Boolean> busy = new CompletableFuture<>();
      rig.loop().execute(() -> busy.complete(compute()));
      Rig.eventually("it computes", computing::get);
      watchdog(rig).look(System.nanoTime() + 200 * MILLI);
      over.set(true);
      assertThat(Rig.await(busy)).isTrue();
      assertThat(lines).hasSize(1);
      assertThat(lines.getFirst()).contains("WatchdogTest.compute").doesNotContain(" by ");
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void saysItOnceASecondAtMost(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      CompletableFuture<Boolean> busy = new CompletableFuture<>();
      rig.loop().execute(() -> busy.complete(compute()));
      Rig.eventually("it computes", computing::get);
      Watchdog watchdog = watchdog(rig);
      long start = rig.loop().turnStart();
      long first = System.nanoTime() + 200 * MILLI;
      watchdog.look(first);
      assertThat(lines).hasSize(1);
      watchdog.look(first + 999 * MILLI);
      assertThat(lines).as("within the second").hasSize(1);
      watchdog.look(first + 1_000 * MILLI);
      assertThat(lines).hasSize(2);
      long stalled = (first + 1_000 * MILLI - start) / MILLI;
      assertThat(lines.getLast()).startsWith("loop 0 is stalled for " + stalled + " ms");
      over.set(true);
      assertThat(Rig.await(busy)).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void aTurnOfAHundredMillisecondsIsNoStall(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      Watchdog watchdog = watchdog(rig);
      CompletableFuture<Boolean> busy = new CompletableFuture<>();
      rig.loop().execute(() -> busy.complete(compute()));
      Rig.eventually("it computes", computing::get);
      long start = rig.loop().turnStart();
      watchdog.look(start + 100 * MILLI);
      assertThat(lines).isEmpty();
      watchdog.look(start + 100 * MILLI + 1);
      assertThat(lines).hasSize(1);
      over.set(true);
      assertThat(Rig.await(busy)).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void anIdleLoopIsNotStalled(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      AtomicReference<RequestThread> waiting = new AtomicReference<>();
      CompletableFuture<Boolean> idle =
          rig.start(thread -> {
            waiting.set(thread);
            return thread.await(RequestThread.NEVER);
          });
      Rig.eventually("it waits", () -> waiting.get() != null);
      awaitSleep(rig);
      watchdog(rig).look(System.nanoTime() + 60 * Rig.SECOND);
      assertThat(lines).isEmpty();
      waiting.get().signal();
      assertThat(Rig.await(idle)).isTrue();
    }
  }

  /// The thread itself: it looks again and again, and ends when it is told to.
  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void watchesByItself(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      Watchdog watchdog = watchdog(rig);
      watchdog.start();
      CompletableFuture<Boolean> busy = new CompletableFuture<>();
      rig.loop().execute(() -> busy.complete(compute()));
      Rig.eventually("it says so", () -> !lines.isEmpty());
      over.set(true);
      assertThat(Rig.await(busy)).isTrue();
      watchdog.stop();
    }
  }
}

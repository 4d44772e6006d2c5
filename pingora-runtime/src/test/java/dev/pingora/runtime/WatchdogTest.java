// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class WatchdogTest {
  private static final long MILLI = 1_000_000;

  private final List<String> lines = new CopyOnWriteArrayList<>();

  private Watchdog watch(Rig rig) {
    Watchdog watchdog = new Watchdog("test", rig.group.loops(), lines::add);
    watchdog.start();
    return watchdog;
  }

  /// Keeps the thread busy, as a regular expression or a digest would.
  private static boolean compute(long nanos) {
    long end = System.nanoTime() + nanos;
    while (System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
    return true;
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void namesThePhaseThatStallsABoundLoop(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      Watchdog watchdog = watch(rig);
      CompletableFuture<Boolean> computing =
          rig.start(thread -> {
            thread.phase("requestFilter");
            return compute(500 * MILLI);
          });
      assertThat(Rig.await(computing)).isTrue();
      watchdog.stop();
      if (flavour.stealing()) {
        assertThat(lines).as("nothing stalls: the thread is not the loop's").isEmpty();
        return;
      }
      assertThat(lines).hasSize(1);
      assertThat(lines.getFirst())
          .startsWith("loop 0 is stalled for ")
          .contains(" ms by requestFilter at ")
          .contains("WatchdogTest.compute")
          .contains("(expected: waiting work in session.offload(…))");
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void namesATaskThatStallsTheEventLoop(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      Watchdog watchdog = watch(rig);
      assertThat(rig.<Boolean>onEventLoop(() -> compute(500 * MILLI))).isTrue();
      watchdog.stop();
      assertThat(lines).hasSize(1);
      assertThat(lines.getFirst()).contains("WatchdogTest.compute").doesNotContain(" by ");
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void saysItOnceASecondAtMost(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      Watchdog watchdog = watch(rig);
      long start = System.nanoTime();
      assertThat(rig.<Boolean>onEventLoop(() -> compute(1_400 * MILLI))).isTrue();
      long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
      watchdog.stop();
      assertThat(lines).hasSizeBetween(2, (int) seconds + 1);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void anIdleLoopIsNotStalled(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      CompletableFuture<Boolean> waiting =
          rig.start(thread -> thread.await(thread.loop().deadlineIn(600 * MILLI)));
      Watchdog watchdog = watch(rig);
      assertThat(Rig.await(waiting)).isFalse();
      watchdog.stop();
      assertThat(lines).isEmpty();
    }
  }
}

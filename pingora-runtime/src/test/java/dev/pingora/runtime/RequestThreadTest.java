// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class RequestThreadTest {
  private static final long MILLI = 1_000_000;

  // --- deadlines ---

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void deadlinesAreNeverEarlyAndRarelyLate(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      List<CompletableFuture<Long>> waits = new ArrayList<>();
      Random random = new Random(1);
      for (int i = 0; i < 50; i++) {
        long nanos = (1 + random.nextInt(200)) * MILLI / 2;
        waits.add(rig.start(thread -> overdue(thread, nanos)));
      }
      for (CompletableFuture<Long> wait : waits) {
        assertThat(Rig.await(wait)).isBetween(0L, 2 * Rig.SECOND);
      }
    }
  }

  /// {@return by how much a wait of `nanos` lasted longer}
  private static long overdue(RequestThread thread, long nanos) throws ProxyException {
    long start = System.nanoTime();
    long deadline = thread.loop().deadlineIn(nanos);
    while (thread.await(deadline)) {
      // woken for no reason
    }
    return System.nanoTime() - start - nanos;
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void aDeadlineMadeInALongTurnIsNotEarly(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      long overdue =
          rig.call(thread -> {
            long end = System.nanoTime() + 60 * MILLI;
            while (System.nanoTime() - end < 0) {
              Thread.onSpinWait(); // the loop's clock stands still meanwhile
            }
            return overdue(thread, 30 * MILLI);
          });
      assertThat(overdue).isNotNegative();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void aDeadlineMadeWhileTheLoopSleptIsNotEarly(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      long overdue =
          rig.call(thread -> {
            TimeUnit.MILLISECONDS.sleep(60); // not the loop's business: it sleeps, too
            return overdue(thread, 30 * MILLI);
          });
      assertThat(overdue).isNotNegative();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void aDeadlineThatHasPassedDoesNotWait(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      assertThat(rig.<Boolean>call(thread -> thread.await(thread.loop().now()))).isFalse();
      assertThat(rig.<Boolean>call(thread -> thread.await(thread.loop().now() - 5))).isFalse();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void laterAndEarlierDeadlinesBothHold(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      List<Long> overdue =
          rig.call(thread -> {
            List<Long> all = new ArrayList<>();
            for (long millis : new long[] {20, 60, 10, 80, 5}) {
              all.add(overdue(thread, millis * MILLI));
            }
            return all;
          });
      assertThat(overdue).allSatisfy(late -> assertThat(late).isBetween(0L, Rig.SECOND));
    }
  }

  /// The timer of a wait that ended in time stays on the wheel: it may wake a later wait for
  /// nothing, but neither ends it nor delays it.
  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void theTimerOfAnEarlierWaitEndsNoLaterOne(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      AtomicReference<RequestThread> waiting = new AtomicReference<>();
      CountDownLatch secondWait = new CountDownLatch(1);
      CompletableFuture<Long> overdue =
          rig.start(thread -> {
            waiting.set(thread);
            assertThat(thread.await(thread.loop().deadlineIn(40 * MILLI))).isTrue();
            secondWait.countDown();
            return overdue(thread, 120 * MILLI);
          });
      Rig.eventually("it waits", () -> waiting.get() != null);
      waiting.get().signal();
      secondWait.await();
      assertThat(Rig.await(overdue)).isBetween(0L, Rig.SECOND);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void aSignalBeforeTheWaitIsNotLost(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      assertThat(
              rig.<Boolean>call(thread -> {
                thread.signal();
                return thread.await(RequestThread.NEVER);
              }))
          .isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void aThreadThatEndsLeavesNoTimer(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      for (int i = 0; i < 20; i++) {
        assertThat(
                rig.<Boolean>call(thread -> {
                  thread.signal();
                  return thread.await(thread.loop().deadlineIn(3600 * Rig.SECOND));
                }))
            .isTrue();
      }
      for (int tries = 0; rig.onEventLoop(() -> rig.loop().timers().size()) > 0; tries++) {
        assertThat(tries).as("looks at the wheel").isLessThan(1000);
      }
    }
  }

  // --- giving up ---

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void cancellingEndsThePresentAndEveryLaterWait(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      AtomicReference<RequestThread> waiting = new AtomicReference<>();
      CompletableFuture<ErrorKind> kind =
          rig.start(thread -> {
            waiting.set(thread);
            try {
              while (thread.await(RequestThread.NEVER)) {
                // woken for no reason
              }
            } catch (ProxyException e) {
              assertThatThrownBy(() -> thread.await(thread.loop().deadlineIn(1)))
                  .isInstanceOf(ProxyException.class);
              return e.kind();
            }
            return ErrorKind.INTERNAL_ERROR;
          });
      Rig.eventually("it waits", () -> waiting.get() != null);
      waiting.get().cancel();
      assertThat(Rig.await(kind)).isEqualTo(ErrorKind.CANCELLED);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void interruptingEndsTheWaitAndKeepsTheMark(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      AtomicReference<RequestThread> waiting = new AtomicReference<>();
      CompletableFuture<Boolean> interrupted =
          rig.start(thread -> {
            waiting.set(thread);
            assertThatThrownBy(
                    () -> {
                      while (thread.await(RequestThread.NEVER)) {
                        // woken for no reason
                      }
                    })
                .isInstanceOfSatisfying(
                    ProxyException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CANCELLED));
            return Thread.currentThread().isInterrupted();
          });
      Rig.eventually("it waits", () -> waiting.get() != null);
      waiting.get().thread().interrupt();
      assertThat(Rig.await(interrupted)).isTrue();
      assertThat(rig.<Boolean>call(_ -> Thread.currentThread().isInterrupted()))
          .as("another thread of the loop")
          .isFalse();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void aThreadThatFailsCostsOnlyItself(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      RequestThread failing =
          rig.loop()
              .spawn(_ -> {
                throw new StackOverflowError("a thread that fails, as the test wants");
              });
      assertThat(failing.thread().join(Rig.LIMIT)).isTrue();
      assertThat(rig.<Integer>call(_ -> 1)).isEqualTo(1);
    }
  }

  // --- offload ---

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void offloadedWorkBlocksAPlatformThreadAndNotTheLoop(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      CountDownLatch release = new CountDownLatch(1);
      AtomicReference<Thread> worker = new AtomicReference<>();
      CompletableFuture<String> result =
          rig.start(thread ->
              thread.offload(() -> {
                worker.set(Thread.currentThread());
                release.await();
                return "done";
              }));
      Rig.eventually("the work has begun", () -> worker.get() != null);
      assertThat(worker.get().isVirtual()).isFalse();
      assertThat(rig.<String>call(_ -> "the loop goes on")).isEqualTo("the loop goes on");
      assertThat(result).isNotDone();
      release.countDown();
      assertThat(Rig.await(result)).isEqualTo("done");
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void offloadThrowsWhatTheWorkThrows(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      assertThatThrownBy(() -> rig.call(thread -> thread.offload(RequestThreadTest::failing)))
          .isInstanceOf(IOException.class)
          .hasMessage("disk on fire");
      assertThatThrownBy(() -> rig.call(thread -> thread.offload(RequestThreadTest::broken)))
          .hasRootCauseInstanceOf(AssertionError.class);
      assertThat(rig.<String>call(thread -> thread.offload(() -> null))).isNull();
    }
  }

  private static String failing() throws IOException {
    throw new IOException("disk on fire");
  }

  private static String broken() {
    throw new AssertionError("broken");
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void offloadingTooMuchIsRefused(Flavour flavour) throws Exception {
    LoopGroupOptions options =
        new LoopGroupOptions(
            "test", 1, flavour.stealing(), TransportKind.AUTO, 1 << 20, 1, Rig.SECOND);
    CountDownLatch release = new CountDownLatch(1);
    try (Rig rig = new Rig(options)) {
      AtomicInteger refused = new AtomicInteger();
      List<CompletableFuture<Boolean>> all = new ArrayList<>();
      int within = 1 + LoopGroup.MAX_OFFLOAD_QUEUE; // one runs, the others wait
      for (int i = 0; i < within + 7; i++) {
        all.add(
            rig.start(thread -> {
              try {
                return thread.offload(() -> {
                  release.await();
                  return true;
                });
              } catch (ProxyException e) {
                assertThat(e.kind()).isEqualTo(ErrorKind.OVER_LIMIT);
                refused.incrementAndGet();
                return false;
              }
            }));
      }
      Rig.eventually("the rest is refused", () -> refused.get() == 7);
      release.countDown();
      int done = 0;
      for (CompletableFuture<Boolean> one : all) {
        done += Rig.await(one) ? 1 : 0;
      }
      assertThat(done).isEqualTo(within);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void cancellingLeavesOffloadedWorkBehind(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      CountDownLatch begun = new CountDownLatch(1);
      CountDownLatch release = new CountDownLatch(1);
      AtomicReference<RequestThread> waiting = new AtomicReference<>();
      CompletableFuture<Boolean> result =
          rig.start(thread -> {
            waiting.set(thread);
            return thread.offload(() -> {
              begun.countDown();
              release.await();
              return true;
            });
          });
      begun.await();
      waiting.get().cancel();
      assertThatThrownBy(() -> Rig.await(result))
          .isInstanceOfSatisfying(
              ProxyException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CANCELLED));
      release.countDown();
    }
  }
}

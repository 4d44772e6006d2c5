// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class LoopTest {
  /// Round trips of the wake-up tests: enough to meet every moment of the loop falling asleep.
  private static final int ROUND_TRIPS = 3_000;

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#fair")
  void aThreadThatYieldsInACircleStarvesNobody(Flavour flavour) throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    try (Rig rig = Rig.of(flavour);
        Listening echo = rig.echo();
        Socket client = Rig.client(echo)) {
      AtomicLong circles = new AtomicLong();
      CompletableFuture<Boolean> yielding = rig.start(_ -> yieldUntil(over, circles));
      for (int i = 0; i < 50; i++) {
        client.getOutputStream().write(i);
        assertThat(client.getInputStream().read()).as("I/O goes on").isEqualTo(i);
      }
      assertThat(
              rig.<Boolean>call(thread -> thread.await(thread.loop().deadlineIn(Rig.SECOND / 50))))
          .as("deadlines pass")
          .isFalse();
      assertThat(rig.<Integer>onEventLoop(() -> 1)).as("tasks run").isEqualTo(1);
      assertThat(yielding).isNotDone();
      assertThat(circles).hasPositiveValue();
      over.set(true);
      assertThat(Rig.await(yielding)).isTrue();
    } finally {
      over.set(true);
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // what the test is about
  private static boolean yieldUntil(AtomicBoolean over, AtomicLong circles) {
    while (!over.get()) {
      circles.incrementAndGet();
      Thread.yield();
    }
    return true;
  }

  /// `ManualIoEventLoop.run(-1)` never blocks: a loop that sleeps by it would poll.
  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void anIdleLoopUsesNoCpu(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour);
        Listening echo = rig.echo();
        Socket client = Rig.client(echo)) {
      client.getOutputStream().write(1);
      assertThat(client.getInputStream().read()).isEqualTo(1);
      CompletableFuture<Boolean> waiting = rig.start(thread -> thread.await(RequestThread.NEVER));
      var _ = rig.start(thread -> thread.await(thread.loop().deadlineIn(60 * Rig.SECOND)));
      Carrier carrier = rig.loop().carrier();
      Thread runner = carrier == null ? rig.loop().eventLoopThread() : carrier.thread();
      ThreadMXBean threads = ManagementFactory.getThreadMXBean();
      TimeUnit.MILLISECONDS.sleep(50); // to come to rest
      long before = threads.getThreadCpuTime(runner.threadId());
      TimeUnit.MILLISECONDS.sleep(500);
      long used = threads.getThreadCpuTime(runner.threadId()) - before;
      assertThat(used).as("CPU of an idle loop in 500 ms").isLessThan(Rig.SECOND / 20);
      assertThat(waiting).isNotDone();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void aTaskFromOutsideWakesALoopThatFallsAsleep(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      Semaphore done = new Semaphore(0);
      for (int i = 0; i < ROUND_TRIPS; i++) {
        rig.loop().execute(done::release);
        assertThat(done.tryAcquire(Rig.LIMIT.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
        spin(i);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void aSignalFromOutsideWakesAThreadOnALoopThatFallsAsleep(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      AtomicInteger asked = new AtomicInteger();
      Semaphore answered = new Semaphore(0);
      AtomicReference<RequestThread> waiting = new AtomicReference<>();
      CompletableFuture<Boolean> end =
          rig.start(thread -> {
            waiting.set(thread);
            for (int seen = 0; seen < ROUND_TRIPS; seen++) {
              answered.release();
              while (asked.get() == seen) {
                thread.await(RequestThread.NEVER);
              }
            }
            return true;
          });
      for (int i = 0; i < ROUND_TRIPS; i++) {
        assertThat(answered.tryAcquire(Rig.LIMIT.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
        spin(i);
        asked.incrementAndGet();
        waiting.get().signal();
      }
      assertThat(Rig.await(end)).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void threadsSpawnedFromOutsideRunOnALoopThatFallsAsleep(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      for (int i = 0; i < ROUND_TRIPS; i++) {
        int expected = i;
        assertThat(rig.<Integer>call(_ -> expected)).isEqualTo(i);
        spin(i);
      }
    }
  }

  /// Varies the moment of the next call in steps of a few nanoseconds, up to about 30 µs.
  private static void spin(int i) {
    for (int n = i * 7 % 600; n > 0; n--) {
      Thread.onSpinWait();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void threadsOfOneLoopSignalEachOther(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      AtomicInteger turn = new AtomicInteger();
      List<RequestThread> players = new ArrayList<>(List.of());
      CountDownLatch ready = new CountDownLatch(2);
      List<CompletableFuture<Boolean>> ends = new ArrayList<>();
      for (int me = 0; me < 2; me++) {
        int own = me;
        ends.add(
            rig.start(thread -> {
              synchronized (players) {
                players.add(thread);
              }
              ready.countDown();
              for (int i = own; i < 20_000; i += 2) {
                while (turn.get() != i) {
                  thread.await(RequestThread.NEVER);
                }
                turn.incrementAndGet();
                for (RequestThread player : players) {
                  player.signal();
                }
              }
              return true;
            }));
        if (own == 0) {
          Rig.eventually("the first thread runs", () -> ready.getCount() == 1);
        }
      }
      for (CompletableFuture<Boolean> end : ends) {
        assertThat(Rig.await(end)).isTrue();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void tasksRunInTheirOrderOnTheEventLoopThread(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < 5_000; i++) {
        int own = i;
        rig.loop()
            .execute(() -> {
              assertThat(Thread.currentThread()).isSameAs(rig.loop().eventLoopThread());
              order.add(own);
            });
      }
      List<Integer> seen = rig.onEventLoop(() -> List.copyOf(order));
      assertThat(seen).hasSize(5_000).isSorted();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void aTaskThatFailsCostsOnlyItself(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      rig.loop()
          .execute(() -> {
            throw new IllegalStateException("a task that fails, as the test wants");
          });
      assertThat(rig.<String>onEventLoop(() -> "still here")).isEqualTo("still here");
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void tasksAreRunOrRejectedWhenTheLoopEnds(Flavour flavour) throws Exception {
    for (int round = 0; round < 20; round++) {
      AtomicInteger accepted = new AtomicInteger();
      AtomicInteger run = new AtomicInteger();
      Rig rig = Rig.of(flavour);
      Thread outside =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  while (true) {
                    rig.loop().execute(run::incrementAndGet);
                    accepted.incrementAndGet();
                  }
                } catch (RejectedExecutionException e) {
                  // what ends it
                }
              });
      Rig.eventually("tasks run", () -> run.get() > 0);
      rig.close();
      assertThat(outside.join(Rig.LIMIT)).isTrue();
      Rig.eventually("every accepted task has run", () -> run.get() == accepted.get());
      assertThatThrownBy(() -> rig.loop().execute(run::incrementAndGet))
          .isInstanceOf(RejectedExecutionException.class);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void requestThreadsShareTheLoopsOsThreadWhenBoundOnly(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      if (flavour.stealing()) {
        assertThat(rig.loop().isBound()).isFalse();
        assertThat(rig.loop().carrier()).isNull();
        return;
      }
      assertThat(rig.loop().isBound()).isTrue();
      Carrier carrier = rig.loop().carrier();
      assertThat(carrier).isNotNull();
      assertThat(rig.<Thread>call(_ -> BoundThreads.currentCarrier())).isSameAs(carrier.thread());
      assertThat(rig.<Thread>onEventLoop(BoundThreads::currentCarrier)).isSameAs(carrier.thread());
      assertThat(BoundThreads.currentCarrier()).isSameAs(Thread.currentThread());
    }
  }
}

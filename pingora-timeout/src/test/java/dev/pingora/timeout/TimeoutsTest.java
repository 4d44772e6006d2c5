// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.testkit.Events;
import dev.pingora.testkit.Eventually;
import dev.pingora.testkit.Gate;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class TimeoutsTest {
  private static final Duration SHORT = Duration.ofMillis(30);
  private static final Duration LONG = Duration.ofMinutes(10);

  static Stream<Timeouts> kinds() {
    return Stream.of(Timeouts.coarse(Ticker.system()), Timeouts.exact());
  }

  /// Waits for what never happens.
  private static String waitForEver() throws InterruptedException {
    new CountDownLatch(1).await();
    return "never";
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void returnsWhatTheWorkReturns(Timeouts timeouts) throws Exception {
    assertThat(timeouts.call(LONG, () -> "done")).isEqualTo("done");
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void throwsWhatTheWorkThrows(Timeouts timeouts) {
    IOException failure = new IOException("mine");
    assertThatThrownBy(() ->
            timeouts.call(
                LONG,
                () -> {
                  throw failure;
                }))
        .isSameAs(failure);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void interruptsWorkAtItsLimitAndNotEarlier(Timeouts timeouts) {
    long start = System.nanoTime();
    assertThatThrownBy(() -> timeouts.call(SHORT, TimeoutsTest::waitForEver))
        .isInstanceOf(Elapsed.class)
        .hasMessage("timeout elapsed after PT0.03S")
        .hasCauseInstanceOf(InterruptedException.class);
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(SHORT.toNanos());
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void limitOfNothingEndsWorkThatWaits(Timeouts timeouts) throws Exception {
    assertThatThrownBy(() -> timeouts.call(Duration.ZERO, TimeoutsTest::waitForEver))
        .isInstanceOf(Elapsed.class);
    assertThatThrownBy(() -> timeouts.call(Duration.ofNanos(-1), TimeoutsTest::waitForEver))
        .isInstanceOf(Elapsed.class);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void endlessLimitIsAllowed(Timeouts timeouts) throws Exception {
    Duration endless = Duration.ofSeconds(Long.MAX_VALUE);
    assertThat(timeouts.call(endless, () -> "done")).isEqualTo("done");
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void limitsBlockingChannels(Timeouts timeouts) throws Exception {
    Pipe pipe = Pipe.open();
    try (Pipe.SinkChannel sink = pipe.sink();
        Pipe.SourceChannel source = pipe.source()) {
      assertThatThrownBy(() -> timeouts.call(SHORT, () -> source.read(ByteBuffer.allocate(1))))
          .isInstanceOf(Elapsed.class)
          .hasCauseInstanceOf(ClosedByInterruptException.class);
      assertThat(sink.isOpen()).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void workThatReturnsLateStillReturnsAndLeavesNoInterrupt(Timeouts timeouts) throws Exception {
    String result =
        timeouts.call(
            SHORT,
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
              }
              return "late";
            });
    assertThat(result).isEqualTo("late");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void interruptFromElsewhereIsNoTimeout(Timeouts timeouts) {
    Thread self = Thread.currentThread();
    Thread.startVirtualThread(self::interrupt);
    assertThatThrownBy(() -> timeouts.call(LONG, TimeoutsTest::waitForEver))
        .isInstanceOf(InterruptedException.class);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void outerLimitEndsInnerWork(Timeouts timeouts) {
    assertThatThrownBy(
            () -> timeouts.call(SHORT, () -> timeouts.call(LONG, TimeoutsTest::waitForEver)))
        .isInstanceOf(Elapsed.class)
        .hasMessage("timeout elapsed after PT0.03S");
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void innerLimitLeavesTheOuterAlone(Timeouts timeouts) throws Exception {
    String result =
        timeouts.call(
            LONG,
            () -> {
              try {
                return timeouts.call(SHORT, TimeoutsTest::waitForEver);
              } catch (Elapsed _) {
                return "inner elapsed, interrupted: " + Thread.currentThread().isInterrupted();
              }
            });
    assertThat(result).isEqualTo("inner elapsed, interrupted: false");
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void innerLimitDoesNotSwallowTheOuter(Timeouts timeouts) {
    AtomicBoolean retried = new AtomicBoolean();
    assertThatThrownBy(() ->
            timeouts.call(
                SHORT,
                () -> {
                  // Both limits pass before the inner call looks at its interrupt.
                  try {
                    return timeouts.call(Duration.ofMillis(1), TimeoutsTest::dawdle);
                  } catch (Elapsed _) {
                    retried.set(true);
                    return waitForEver();
                  }
                }))
        .isInstanceOf(Elapsed.class)
        .hasMessage("timeout elapsed after PT0.03S");
    assertThat(retried).isTrue();
  }

  private static String dawdle() throws InterruptedException {
    long end = System.nanoTime() + SHORT.toNanos() * 3;
    while (System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
    return waitForEver();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void sleepsAtLeastAsLongAsTold(Timeouts timeouts) throws Exception {
    for (Duration duration : new Duration[] {Duration.ofNanos(1), SHORT}) {
      long start = System.nanoTime();
      timeouts.sleep(duration);
      assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(duration.toNanos());
    }
    timeouts.sleep(Duration.ZERO);
    timeouts.sleep(Duration.ofNanos(-1));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void interruptEndsSleep(Timeouts timeouts) {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> timeouts.sleep(Duration.ZERO))
        .isInstanceOf(InterruptedException.class);
    Thread self = Thread.currentThread();
    Thread.startVirtualThread(self::interrupt);
    assertThatThrownBy(() -> timeouts.sleep(LONG)).isInstanceOf(InterruptedException.class);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void thousandsOfVirtualThreadsShareTheClock() throws Exception {
    Timeouts timeouts = Timeouts.coarse(Ticker.system());
    Events<String> early = new Events<>();
    CountDownLatch done = new CountDownLatch(4000);
    Random random = new Random(11);
    for (int i = 0; i < 4000; i++) {
      Duration duration = Duration.ofNanos(random.nextInt(200_000_000));
      boolean sleeps = random.nextBoolean();
      Thread.startVirtualThread(() -> {
        long start = System.nanoTime();
        try {
          if (sleeps) {
            timeouts.sleep(duration);
          } else {
            timeouts.call(duration, TimeoutsTest::waitForEver);
          }
        } catch (Exception e) {
          if (!(e instanceof Elapsed)) {
            early.add(e.toString());
          }
        }
        if (System.nanoTime() - start < duration.toNanos()) {
          early.add("early");
        }
        done.countDown();
      });
    }
    assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(early.all()).isEmpty();
  }

  @Test
  void quickWorkOnManyThreadsIsNeverInterrupted() throws Exception {
    Timeouts timeouts = Timeouts.coarse(Ticker.system());
    Events<String> wrong = new Events<>();
    Events<String> ended = new Events<>();
    for (int t = 0; t < 4; t++) {
      Thread.startVirtualThread(() -> {
        for (int i = 0; i < 20_000; i++) {
          try {
            timeouts.call(LONG, () -> "");
          } catch (Exception e) {
            wrong.add(e.toString());
          }
        }
        if (Thread.interrupted()) {
          wrong.add("interrupted");
        }
        ended.add("ended");
      });
    }
    ended.await(4);
    assertThat(wrong.all()).isEmpty();
  }

  @Test
  void clockThreadStartsLazilyEndsWhenIdleAndStartsAgain() throws Exception {
    ClockThread clock = new ClockThread(Ticker.system(), Duration.ofMillis(20));
    Timeouts timeouts = new AlarmTimeouts(clock);
    assertThat(clock.thread()).isNull();
    for (int i = 0; i < 3; i++) {
      timeouts.call(LONG, () -> "");
      Eventually.holds("clock ended", () -> clock.thread() == null);
      timeouts.sleep(Duration.ofMillis(1));
    }
  }

  @Test
  void clockThatDiesIsReplacedAtTheNextUse() throws Exception {
    AtomicBoolean broken = new AtomicBoolean();
    Gate died = new Gate("clock died");
    Ticker ticker =
        () -> {
          Thread current = Thread.currentThread();
          if (current.getName().equals("pingora-timer") && broken.get()) {
            // Quietly: this death is meant.
            current.setUncaughtExceptionHandler((_, _) -> died.open());
            throw new IllegalStateException("broken ticker");
          }
          return System.nanoTime();
        };
    ClockThread clock = new ClockThread(ticker);
    Timeouts timeouts = new AlarmTimeouts(clock);
    broken.set(true);
    timeouts.call(LONG, () -> "");
    died.await();
    Eventually.holds("clock gone", () -> clock.thread() == null);
    broken.set(false);
    timeouts.sleep(Duration.ofMillis(1));
    assertThat(clock.thread()).isNotNull();
  }
}

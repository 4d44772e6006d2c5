// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.timeout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.FakeTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Drives the clock's turns by hand: no thread, no real time.
final class ClockThreadTest {
  private static final Duration TICK = TimerWheel.DEFAULT_TICK;

  private final FakeTicker ticker = new FakeTicker();
  private final ClockThread clock = new ClockThread(ticker::nanoTime);

  @AfterEach
  void clearInterrupt() {
    Thread.interrupted();
  }

  private Alarm alarm(Duration after) {
    Alarm alarm = new Alarm(ticker.nanoTime() + after.toNanos(), true, null);
    clock.push(alarm);
    return alarm;
  }

  @Test
  void firesAtTheDeadlineRoundedUpToATick() {
    Alarm alarm = alarm(TICK.plusNanos(1));
    assertThat(clock.turn()).isTrue();
    ticker.advance(TICK.plusNanos(1));
    assertThat(clock.turn()).isFalse();
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    ticker.advance(TICK.minusNanos(1));
    clock.turn();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(clock.disarm(alarm)).isTrue();
  }

  @Test
  void alarmThatIsDoneBeforeTheClockLooksNeverReachesTheWheel() {
    Alarm alarm = alarm(TICK);
    assertThat(clock.disarm(alarm)).isFalse();
    clock.turn();
    assertThat(clock.scheduled()).isZero();
    ticker.advance(TICK);
    clock.turn();
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void alarmThatIsDoneLaterLeavesTheWheel() {
    Alarm alarm = alarm(Duration.ofHours(1));
    clock.turn();
    assertThat(clock.scheduled()).isEqualTo(1);
    assertThat(clock.disarm(alarm)).isFalse();
    assertThat(clock.disarm(alarm)).isFalse();
    clock.turn();
    assertThat(clock.scheduled()).isZero();
  }

  @Test
  void alarmThatIsDoneAfterItsRemovalIsQueuedFiresNoMore() {
    Alarm alarm = alarm(TICK);
    clock.turn();
    clock.disarm(alarm);
    ticker.advance(TICK);
    clock.turn();
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void schedulesAllThatWasPushedWithinATick() {
    List<Alarm> alarms = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      alarms.add(alarm(TICK.multipliedBy(1 + i % 7)));
    }
    clock.turn();
    assertThat(clock.scheduled()).isEqualTo(1000);
    ticker.advance(TICK.multipliedBy(7));
    clock.turn();
    assertThat(clock.scheduled()).isZero();
    assertThat(alarms).allMatch(Alarm::hasFired);
  }
}

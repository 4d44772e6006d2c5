// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.timeout.Timer;
import dev.pingora.timeout.TimerWheel;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class LazyDeadlineTest {
  private final LazyDeadline deadline = new LazyDeadline(true);

  @Test
  void theFirstDeadlineArms() {
    assertThat(deadline.set(100)).isTrue();
    assertThat(deadline.isSet()).isTrue();
  }

  @Test
  void aLaterDeadlineCostsNothing() {
    assertThat(deadline.set(100)).isTrue();
    assertThat(deadline.set(100)).isFalse();
    assertThat(deadline.set(500)).isFalse();
  }

  @Test
  void anEarlierDeadlineArmsAgain() {
    assertThat(deadline.set(100)).isTrue();
    assertThat(deadline.set(99)).isTrue();
  }

  @Test
  void noDeadlineArmsNothing() {
    assertThat(deadline.set(LazyDeadline.NEVER)).isFalse();
    assertThat(deadline.isSet()).isFalse();
    assertThat(deadline.fire(5)).isEqualTo(LazyDeadline.NEVER);
  }

  @Test
  void aDeadlineThatHasPassedFires() {
    deadline.set(100);
    assertThat(deadline.fire(100)).isEqualTo(100);
    deadline.set(100);
    assertThat(deadline.fire(130)).isEqualTo(130);
  }

  @Test
  void aTimerThatFiresTooEarlyIsScheduledForWhatHolds() {
    deadline.set(100);
    deadline.set(500);
    assertThat(deadline.fire(100)).isEqualTo(500);
    assertThat(deadline.set(600)).as("armed for 500").isFalse();
    assertThat(deadline.set(400)).as("armed for 500").isTrue();
  }

  @Test
  void aDeadlineTakenBackDoesNotFire() {
    deadline.set(100);
    deadline.clear();
    assertThat(deadline.fire(100)).isEqualTo(LazyDeadline.NEVER);
    assertThat(deadline.set(200)).as("nothing is armed").isTrue();
  }

  /// The scale of [System#nanoTime] may pass from the largest number to the smallest.
  @Test
  void deadlinesMayOverflow() {
    long now = Long.MAX_VALUE - 10;
    assertThat(deadline.set(now + 50)).isTrue();
    assertThat(deadline.set(now + 60)).isFalse();
    assertThat(deadline.set(now + 5)).isTrue();
    assertThat(deadline.fire(now)).isEqualTo(now + 5);
    assertThat(deadline.fire(now + 7)).isEqualTo(now + 7);
  }

  @Test
  void aTimerMovesToEarlierMomentsOnly() {
    TimerWheel wheel = new TimerWheel(0);
    Timer timer = new Timer(() -> {});
    assertThat(LazyDeadline.mustMove(timer, 100)).isTrue();
    wheel.schedule(timer, 100);
    assertThat(LazyDeadline.mustMove(timer, 99)).isTrue();
    assertThat(LazyDeadline.mustMove(timer, 100)).isFalse();
    assertThat(LazyDeadline.mustMove(timer, 101)).isFalse();
    wheel.cancel(timer);
    assertThat(LazyDeadline.mustMove(timer, 101)).isTrue();
  }

  /// Sets, fires and messages under way in any order: a deadline that holds is never passed by more
  /// than the way of the message.
  @Test
  void noDeadlineIsForgottenInAnyOrder() {
    Random random = new Random(11);
    long now = 0;
    long wanted = LazyDeadline.NEVER;
    long timer = LazyDeadline.NEVER;
    long message = LazyDeadline.NEVER;
    int fired = 0;
    for (int step = 0; step < 100_000; step++) {
      if (message != LazyDeadline.NEVER) { // the thread posts before it goes on
        timer = Math.min(timer, message);
        message = LazyDeadline.NEVER;
      }
      now += random.nextInt(5);
      if (timer <= now) {
        timer = LazyDeadline.NEVER;
        long next = deadline.fire(now);
        if (next == now) {
          assertThat(wanted).isLessThanOrEqualTo(now);
          fired++;
          wanted = LazyDeadline.NEVER;
          deadline.clear();
        } else if (next != LazyDeadline.NEVER) {
          timer = Math.min(timer, next);
        }
      }
      assertThat(wanted).as("not forgotten").isGreaterThan(now - 5);
      if (random.nextInt(3) == 0) {
        wanted = now + 1 + random.nextInt(100);
        message = deadline.set(wanted) ? wanted : LazyDeadline.NEVER;
      } else if (random.nextInt(5) == 0) {
        wanted = LazyDeadline.NEVER;
        deadline.clear();
      }
    }
    assertThat(fired).isGreaterThan(1_000);
  }
}

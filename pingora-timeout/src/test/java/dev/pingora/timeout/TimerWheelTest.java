// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

@SuppressWarnings("ConstantOverflow") // the clock starts near its wrap on purpose
final class TimerWheelTest {
  private static final long MS = 1_000_000;
  private static final long TICK = 10 * MS;
  private static final long HOUR = 3600_000 * MS;

  /// Close to the end of a long: every test crosses the wrap-around of nanoTime.
  private static final long START = Long.MAX_VALUE - 25 * MS;

  private final TimerWheel wheel = new TimerWheel(START);
  private final List<String> fired = new ArrayList<>();

  private Timer named(String name) {
    return new Timer(() -> fired.add(name));
  }

  private Timer scheduled(String name, long afterNanos) {
    Timer timer = named(name);
    wheel.schedule(timer, START + afterNanos);
    return timer;
  }

  private List<String> advance(long sinceStart) {
    fired.clear();
    assertThat(wheel.advance(START + sinceStart)).isEqualTo(fired.size());
    return List.copyOf(fired);
  }

  @Test
  void firesAtTheDeadlineRoundedUpToATick() {
    scheduled("a", 11 * MS);
    assertThat(advance(11 * MS)).isEmpty();
    assertThat(advance(2 * TICK - 1)).isEmpty();
    assertThat(advance(2 * TICK)).containsExactly("a");
    assertThat(advance(3 * TICK)).isEmpty();
  }

  @Test
  void firesADeadlineOnATickAtThatTick() {
    scheduled("a", TICK);
    assertThat(advance(TICK - 1)).isEmpty();
    assertThat(advance(TICK)).containsExactly("a");
  }

  @Test
  void firesAPassedDeadlineAtTheNextAdvanceAndNotAtOnce() {
    advance(5 * TICK);
    scheduled("past", 0);
    scheduled("now", 5 * TICK);
    assertThat(fired).isEmpty();
    assertThat(wheel.nanosUntilNext(START + 5 * TICK)).isZero();
    assertThat(advance(5 * TICK)).containsExactly("past", "now");
  }

  @Test
  void firesInTheOrderOfTicksWhateverTheJump() {
    scheduled("day", 24 * HOUR);
    scheduled("second", 1000 * MS);
    scheduled("tick", TICK);
    scheduled("minute", 60_000 * MS);
    scheduled("year", 8766 * HOUR);
    assertThat(advance(100 * 8766 * HOUR))
        .containsExactly("tick", "second", "minute", "day", "year");
  }

  @Test
  void cancelledTimerDoesNotFireAndMayBeScheduledAgain() {
    Timer timer = scheduled("a", TICK);
    assertThat(timer.isScheduled()).isTrue();
    assertThat(wheel.cancel(timer)).isTrue();
    assertThat(wheel.cancel(timer)).isFalse();
    assertThat(timer.isScheduled()).isFalse();
    assertThat(wheel.isEmpty()).isTrue();
    assertThat(advance(TICK)).isEmpty();
    wheel.schedule(timer, START + 2 * TICK);
    assertThat(advance(2 * TICK)).containsExactly("a");
  }

  @Test
  void movedLaterFiresOnceAtTheNewDeadline() {
    Timer timer = scheduled("a", TICK);
    for (int i = 2; i <= 1000; i++) {
      wheel.schedule(timer, START + i * TICK);
    }
    assertThat(wheel.size()).isEqualTo(1);
    assertThat(advance(1000 * TICK - 1)).isEmpty();
    assertThat(advance(1000 * TICK)).containsExactly("a");
    assertThat(wheel.isEmpty()).isTrue();
  }

  @Test
  void movedLaterKeepsItsSlotUntilThatTimeComes() {
    Timer timer = scheduled("a", 2 * TICK);
    int slot = timer.slot;
    wheel.schedule(timer, START + 30 * TICK);
    assertThat(timer.slot).isEqualTo(slot);
    assertThat(timer.deadlineNanos()).isEqualTo(START + 30 * TICK);
    advance(2 * TICK);
    assertThat(timer.slot).isNotEqualTo(slot);
    assertThat(wheel.nanosUntilNext(START + 2 * TICK)).isEqualTo(28 * TICK);
  }

  @Test
  void movedEarlierFiresAtTheNewDeadline() {
    Timer timer = scheduled("a", HOUR);
    wheel.schedule(timer, START + 2 * TICK);
    assertThat(advance(TICK)).isEmpty();
    assertThat(advance(2 * TICK)).containsExactly("a");
  }

  @Test
  void movedLaterThenEarlierFiresAtTheLastDeadline() {
    Timer timer = scheduled("a", 2 * TICK);
    wheel.schedule(timer, START + HOUR);
    wheel.schedule(timer, START + 5 * TICK);
    assertThat(advance(4 * TICK)).isEmpty();
    assertThat(advance(5 * TICK)).containsExactly("a");
  }

  @Test
  void dueTimerMovedLaterByAnEarlierActionDoesNotFire() {
    Timer victim = named("victim");
    Timer first = new Timer(() -> wheel.schedule(victim, START + HOUR));
    wheel.schedule(first, START + TICK);
    wheel.schedule(victim, START + TICK);
    wheel.advance(START + TICK);
    assertThat(fired).isEmpty();
    assertThat(advance(HOUR)).containsExactly("victim");
  }

  @Test
  void dueTimerCancelledByAnEarlierActionDoesNotFire() {
    Timer victim = named("victim");
    Timer first = new Timer(() -> wheel.cancel(victim));
    wheel.schedule(first, START + TICK);
    wheel.schedule(victim, START + TICK);
    assertThat(wheel.advance(START + TICK)).isEqualTo(1);
    assertThat(fired).isEmpty();
    assertThat(wheel.isEmpty()).isTrue();
  }

  @Test
  void actionThatSchedulesItselfForAtOnceWaitsForTheNextAdvance() {
    Timer[] self = new Timer[1];
    self[0] =
        new Timer(() -> {
          fired.add("again");
          wheel.schedule(self[0], START);
        });
    wheel.schedule(self[0], START);
    assertThat(advance(TICK)).containsExactly("again");
    assertThat(advance(TICK)).containsExactly("again");
  }

  @Test
  void periodicActionFiresOnceHoweverFarTimeJumps() {
    Timer[] self = new Timer[1];
    self[0] =
        new Timer(() -> {
          fired.add("period");
          wheel.schedule(self[0], self[0].deadlineNanos() + TICK);
        });
    wheel.schedule(self[0], START + TICK);
    assertThat(advance(1000 * HOUR)).containsExactly("period");
  }

  @Test
  void actionSeesItsTimerUnscheduled() {
    Timer[] self = new Timer[1];
    self[0] = new Timer(() -> fired.add(self[0].isScheduled() + " " + wheel.size()));
    wheel.schedule(self[0], START);
    assertThat(advance(0)).containsExactly("false 0");
  }

  @Test
  void timeGoingBackwardsIsNoTime() {
    advance(10 * TICK);
    scheduled("a", 11 * TICK);
    assertThat(advance(-HOUR)).isEmpty();
    assertThat(advance(10 * TICK)).isEmpty();
    assertThat(advance(11 * TICK)).containsExactly("a");
  }

  @Test
  void emptyWheelMovesWithTime() {
    advance(HOUR);
    scheduled("a", HOUR + 3 * TICK);
    assertThat(wheel.nanosUntilNext(START + HOUR)).isEqualTo(3 * TICK);
    assertThat(advance(HOUR + 3 * TICK - 1)).isEmpty();
    assertThat(advance(HOUR + 3 * TICK)).containsExactly("a");
  }

  @Test
  void emptyWheelHasNothingToWaitFor() {
    assertThat(wheel.nanosUntilNext(START)).isEqualTo(TimerWheel.NEVER);
    wheel.cancel(scheduled("a", TICK));
    assertThat(wheel.nanosUntilNext(START)).isEqualTo(TimerWheel.NEVER);
  }

  @Test
  void cancelledDeadlineIsNotWaitedFor() {
    Timer first = scheduled("first", TICK);
    Timer second = scheduled("second", 5 * TICK);
    scheduled("third", 9 * TICK);
    assertThat(wheel.nanosUntilNext(START)).isEqualTo(TICK);
    wheel.cancel(first);
    assertThat(wheel.nanosUntilNext(START)).isEqualTo(5 * TICK);
    wheel.schedule(first, START + 3 * TICK);
    assertThat(wheel.nanosUntilNext(START)).isEqualTo(3 * TICK);
    assertThat(advance(3 * TICK)).containsExactly("first");
    wheel.cancel(second);
    assertThat(wheel.nanosUntilNext(START + 3 * TICK)).isEqualTo(6 * TICK);
  }

  @Test
  void deadlineWithinTheCurrentTickIsWaitedForToItsEnd() {
    advance(TICK / 4);
    scheduled("a", TICK / 2);
    assertThat(wheel.nanosUntilNext(START + TICK / 4)).isEqualTo(TICK * 3 / 4);
    assertThat(advance(TICK / 2)).isEmpty();
    assertThat(advance(TICK)).containsExactly("a");
  }

  @Test
  void blockingAsLongAsToldReachesEveryDeadlineInFewSteps() {
    for (long after : new long[] {1, TICK, 99 * TICK, HOUR + 1, 24 * HOUR, 100 * 8766 * HOUR}) {
      TimerWheel fresh = new TimerWheel(START);
      Timer timer = new Timer(() -> {});
      fresh.schedule(timer, START + after);
      long now = START;
      int steps = 0;
      while (!fresh.isEmpty()) {
        now += fresh.nanosUntilNext(now);
        fresh.advance(now);
        assertThat(++steps).isLessThanOrEqualTo(7);
      }
      assertThat(now - START - after).isBetween(0L, TICK);
    }
  }

  @Test
  void deadlineWithoutLimitIsNeverReachedAndNeverPast() {
    Timer timer = named("unlimited");
    long now = START;
    for (int century = 0; century < 2; century++) {
      now += 100 * 8766 * HOUR;
      wheel.advance(now);
      wheel.schedule(timer, TimerWheel.deadlineAfter(now, Long.MAX_VALUE));
      assertThat(wheel.nanosUntilNext(now)).isPositive();
    }
    wheel.advance(now + 20 * 8766 * HOUR);
    assertThat(fired).isEmpty();
    assertThat(wheel.cancel(timer)).isTrue();
  }

  @Test
  void limitLeavesTheRestDue() {
    scheduled("a", TICK);
    scheduled("b", TICK);
    scheduled("c", 2 * TICK);
    assertThat(wheel.advance(START + 2 * TICK, 2)).isEqualTo(2);
    assertThat(fired).containsExactly("a", "b");
    assertThat(wheel.nanosUntilNext(START + 2 * TICK)).isZero();
    assertThat(advance(2 * TICK)).containsExactly("c");
  }

  @Test
  void exceptionOfAnActionLeavesTheRestDue() {
    Timer bad =
        new Timer(() -> {
          throw new IllegalStateException("bad");
        });
    wheel.schedule(bad, START + TICK);
    scheduled("good", TICK);
    assertThatIllegalStateException()
        .isThrownBy(() -> wheel.advance(START + TICK))
        .withMessage("bad");
    assertThat(wheel.size()).isEqualTo(1);
    assertThat(advance(TICK)).containsExactly("good");
  }

  @Test
  void refusesToAdvanceWithinAnAction() {
    wheel.schedule(new Timer(() -> wheel.advance(START + HOUR)), START);
    assertThatIllegalStateException().isThrownBy(() -> wheel.advance(START));
    assertThat(wheel.advance(START)).isZero();
  }

  @Test
  void refusesATimerOfAnotherWheel() {
    Timer timer = scheduled("a", TICK);
    TimerWheel other = new TimerWheel(START);
    assertThatIllegalStateException().isThrownBy(() -> other.schedule(timer, START));
    assertThatIllegalStateException().isThrownBy(() -> other.cancel(timer));
    assertThat(other.isEmpty()).isTrue();
    assertThat(advance(TICK)).containsExactly("a");
    other.schedule(timer, START);
    assertThat(other.size()).isEqualTo(1);
  }

  @Test
  void finestTickReachesAsFarAsTheCoarsest() {
    TimerWheel fine = new TimerWheel(START, Duration.ofNanos(1));
    TimerWheel coarse = new TimerWheel(START, Duration.ofDays(1000));
    for (TimerWheel each : new TimerWheel[] {fine, coarse}) {
      each.schedule(named("far"), START + TimerWheel.MAX_DELAY_NANOS);
      each.schedule(named("near"), START + 1);
      assertThat(each.advance(START + TimerWheel.MAX_DELAY_NANOS - 1)).isEqualTo(1);
      assertThat(each.advance(START + TimerWheel.MAX_DELAY_NANOS + 1000 * 24 * HOUR)).isEqualTo(1);
    }
    assertThat(fired).containsExactly("near", "far", "near", "far");
  }

  @Test
  void endsAtTheLastMomentThatALongTells() {
    for (long tick : new long[] {1, 2, 3, 10_000_000}) {
      TimerWheel empty = new TimerWheel(0, Duration.ofNanos(tick));
      assertThat(empty.advance(Long.MAX_VALUE)).isZero();
      TimerWheel used = new TimerWheel(0, Duration.ofNanos(tick));
      AtomicInteger fired = new AtomicInteger();
      used.schedule(new Timer(fired::incrementAndGet), 5);
      used.schedule(new Timer(fired::incrementAndGet), Long.MAX_VALUE / 2);
      assertThat(used.advance(Long.MAX_VALUE)).isEqualTo(2);
      assertThat(used.advance(Long.MAX_VALUE)).isZero();
      assertThat(used.isEmpty()).isTrue();
      assertThat(fired).hasValue(2);
    }
  }

  @Test
  void refusesTicksThatTheClockCannotTell() {
    Duration longest = Duration.ofNanos(TimerWheel.MAX_DELAY_NANOS);
    TimerWheel coarsest = new TimerWheel(0, longest);
    AtomicInteger fired = new AtomicInteger();
    coarsest.schedule(new Timer(fired::incrementAndGet), 1);
    assertThat(coarsest.advance(TimerWheel.MAX_DELAY_NANOS - 1)).isZero();
    assertThat(coarsest.advance(TimerWheel.MAX_DELAY_NANOS)).isEqualTo(1);
    for (Duration tick :
        List.of(
            Duration.ZERO, Duration.ofNanos(-1), longest.plusNanos(1), Duration.ofDays(400_000))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new TimerWheel(0, tick))
          .withMessage("tick: " + tick + " (expected: above 0, up to " + longest + ")");
    }
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.timeout;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Runs random programs against the wheel and against a [PriorityQueue] that defines what is right.
/// What each advance fires must be the same set, in an order of ascending ticks; the wheel must
/// announce its next deadline no later than the model's.
final class TimerWheelModelTest {
  private static final int TIMERS = 200;
  private static final int STEPS = 20_000;

  /// A deadline of the model, in ticks since the start, and whether it had passed already when it
  /// was scheduled: such timers fire before all others.
  private record Entry(int timer, long tick, boolean past) {
    long order() {
      return past ? Long.MIN_VALUE : tick;
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void behavesLikeAPriorityQueue(long seed) {
    new Program(seed).run();
  }

  private static final class Program {
    private final SplittableRandom random;
    private final long tickNanos;
    private final long start;
    private final TimerWheel wheel;
    private final Timer[] timers = new Timer[TIMERS];

    private final PriorityQueue<Entry> model =
        new PriorityQueue<>((a, b) -> Long.compare(a.tick, b.tick));
    private final @Nullable Entry[] entries = new @Nullable Entry[TIMERS];
    private final HashSet<Integer> due = new HashSet<>();
    private long sinceStart;
    private long lastFired;

    Program(long seed) {
      random = new SplittableRandom(seed);
      tickNanos = random.nextLong(1, 20_000_000);
      start = Long.MAX_VALUE - random.nextLong(1L << 50);
      wheel = new TimerWheel(start, Duration.ofNanos(tickNanos));
      Arrays.setAll(timers, i -> new Timer(() -> fired(i)));
    }

    void run() {
      for (int step = 0; step < STEPS; step++) {
        switch (random.nextInt(10)) {
          case 0, 1, 2, 3, 4 -> schedule(random.nextInt(TIMERS));
          case 5 -> cancel(random.nextInt(TIMERS));
          default -> advance();
        }
        assertThat(wheel.size()).isEqualTo(model.size());
        announcesTheNextDeadlineInTime();
      }
    }

    private void schedule(int i) {
      // Mostly near, at times far, sometimes past; magnitudes are uniform in bits.
      long delay = random.nextLong(1L << random.nextInt(1, 56)) - random.nextLong(tickNanos * 3);
      long deadline = sinceStart + delay;
      wheel.schedule(timers[i], start + deadline);
      forget(i);
      // Whole ticks since the start, rounded up: nothing fires before its deadline.
      long tick = Math.ceilDiv(deadline, tickNanos);
      entries[i] = new Entry(i, tick, tick <= sinceStart / tickNanos);
      model.add(entries[i]);
    }

    private void cancel(int i) {
      assertThat(wheel.cancel(timers[i])).isEqualTo(entries[i] != null);
      forget(i);
    }

    private void forget(int i) {
      if (entries[i] != null) {
        model.remove(entries[i]);
        entries[i] = null;
      }
      due.remove(i);
    }

    private void advance() {
      long step = random.nextLong(1L << random.nextInt(1, 52));
      if (random.nextInt(4) != 0) {
        // As a loop does: as long as it may block.
        step = Math.min(wheel.nanosUntilNext(start + sinceStart), step);
      }
      sinceStart += step;
      due.clear();
      for (Entry entry : model) {
        if (entry.tick * tickNanos <= sinceStart) {
          due.add(entry.timer);
        }
      }
      lastFired = Long.MIN_VALUE;
      wheel.advance(start + sinceStart);
      assertThat(due).as("due but not fired").isEmpty();
    }

    private void fired(int i) {
      assertThat(due).contains(i);
      Entry entry = requireNonNull(entries[i]);
      assertThat(entry.order()).isGreaterThanOrEqualTo(lastFired);
      lastFired = entry.order();
      forget(i);
      // Actions schedule and cancel at will, themselves and timers that are due right now too.
      switch (random.nextInt(8)) {
        case 0 -> schedule(i);
        case 1 -> schedule(random.nextInt(TIMERS));
        case 2 -> cancel(random.nextInt(TIMERS));
        default -> {}
      }
    }

    private void announcesTheNextDeadlineInTime() {
      long announced = wheel.nanosUntilNext(start + sinceStart);
      Entry first = model.peek();
      if (first == null) {
        assertThat(announced).isEqualTo(TimerWheel.NEVER);
      } else {
        assertThat(announced).isBetween(0L, Math.max(0, first.tick * tickNanos - sinceStart));
      }
    }
  }
}

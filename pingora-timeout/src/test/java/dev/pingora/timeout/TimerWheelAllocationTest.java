// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.timeout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.Allocation;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// The wheel's reason to exist: deadlines that cost no garbage, however many there are.
final class TimerWheelAllocationTest {
  private static final int TIMERS = 10_000;
  private static final int ROUNDS = 200;

  private final TimerWheel wheel = new TimerWheel(0);
  private final Timer[] timers = new Timer[TIMERS];
  private final SplittableRandom random = new SplittableRandom(42);
  private long now;
  private int fired;

  @Test
  void schedulingMovingCancellingAndFiringAllocateNothing() {
    Arrays.setAll(timers, _ -> new Timer(() -> fired++));
    long[] delays = random.longs(4096, 0, 100_000_000_000L).toArray();
    use(delays, 20);
    long allocated = Allocation.of(() -> use(delays, ROUNDS));
    assertThat(fired).isGreaterThan(TIMERS);
    // Not a byte per operation; what is left is the measurement's own.
    assertThat(allocated).isLessThan(TIMERS);
  }

  private void use(long[] delays, int rounds) {
    int d = 0;
    for (int round = 0; round < rounds; round++) {
      for (Timer timer : timers) {
        if (d % 7 == 0) {
          wheel.cancel(timer);
        } else {
          wheel.schedule(timer, now + delays[d & 4095]);
        }
        d++;
      }
      now += 1_000_000_000;
      wheel.advance(now);
    }
  }
}

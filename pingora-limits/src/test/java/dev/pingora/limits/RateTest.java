// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private final AtomicLong clock = new AtomicLong(-5_000_000_000L);
  private final Rate rate = Rate.of(SECOND, 4, 1024, clock::get, new Random(1));

  private void pass(long millis) {
    clock.addAndGet(millis * 1_000_000);
  }

  @Test
  void countsTheRunningInterval() {
    assertThat(rate.observe("a", 3)).isEqualTo(3);
    pass(999);
    assertThat(rate.observe("a", 2)).isEqualTo(5);
    pass(1);
    assertThat(rate.observe("a", 4)).isEqualTo(4);
  }

  @Test
  void averagesTheLastFinishedInterval() {
    rate.observe("a", 5);
    assertThat(rate.rate("a")).as("no interval has finished").isZero();
    pass(1_000);
    assertThat(rate.rate("a")).isEqualTo(5);
    rate.observe("a", 4);
    assertThat(rate.rate("a")).as("the running interval does not count").isEqualTo(5);
    pass(1_000);
    assertThat(rate.rate("a")).isEqualTo(4);
    pass(1_000);
    assertThat(rate.rate("a")).as("two intervals without events").isZero();
  }

  @Test
  void forgetsBothWindowsAfterAPause() {
    rate.observe("a", 5);
    pass(1_000);
    rate.observe("a", 6);
    pass(5_500);
    assertThat(rate.rate("a")).isZero();
    assertThat(rate.observe("a", 1)).isEqualTo(1);
    assertThat(rate.rate("a")).isZero();
    assertThat(rate.rateWith("a", RateEstimate.PROPORTIONAL)).isEqualTo(1);
  }

  @Test
  void dividesByTheInterval() {
    Rate slow = Rate.of(Duration.ofMillis(2_500), 4, 1024, clock::get, new Random(1));
    slow.observe("a", 5);
    pass(2_500);
    assertThat(slow.rate("a")).isEqualTo(2);
  }

  @Test
  void estimatesInProportion() {
    rate.observe("a", 5);
    assertThat(proportional()).isEqualTo(5);
    pass(1_000);
    assertThat(proportional()).as("all of the last window").isEqualTo(5);
    rate.observe("a", 4);
    assertThat(proportional()).isEqualTo(9);
    pass(750);
    assertThat(proportional()).isCloseTo(5 * 0.25 + 4, within(1e-9));
    pass(250);
    assertThat(proportional()).isEqualTo(4);
    pass(500);
    assertThat(proportional()).isEqualTo(2);
    pass(500);
    assertThat(proportional()).isZero();
  }

  private double proportional() {
    return rate.rateWith("a", RateEstimate.PROPORTIONAL);
  }

  @Test
  void passesItsPartsToAnEstimate() {
    rate.observe("a", 100);
    pass(1_000);
    rate.observe("a", 50);
    pass(250);
    RateComponents[] seen = new RateComponents[1];
    double answer =
        rate.rateWith(
            "a",
            parts -> {
              seen[0] = parts;
              return parts.previous() * 0.9 + parts.current() * 0.1;
            });
    assertThat(answer).isEqualTo(95);
    assertThat(seen[0]).isEqualTo(new RateComponents(100, 50, SECOND, 0.25));
  }

  @Test
  void countsNumbersUnboxed() {
    assertThat(rate.observe(7, 1)).isEqualTo(1);
    assertThat(rate.observe((Object) 7L, 1)).isEqualTo(2);
    pass(1_000);
    assertThat(rate.rate(7)).isEqualTo(2);
    assertThat(rate.rateWith(7, RateEstimate.PROPORTIONAL)).isEqualTo(2);
  }

  @Test
  void keepsCountingInTheNewestIntervalWhenTimeGoesBack() {
    rate.observe("a", 1);
    pass(1_000);
    rate.observe("a", 2);
    pass(-3_000);
    assertThat(rate.observe("a", 3)).isEqualTo(5);
    assertThat(rate.rate("a")).isEqualTo(1);
    assertThat(proportional()).isEqualTo(6);
    pass(4_000);
    assertThat(rate.rate("a")).isEqualTo(5);
  }

  @Test
  void agreesWithAMapOfTwoWindows() {
    Map<Integer, Long> previous = new HashMap<>();
    Map<Integer, Long> current = new HashMap<>();
    Random random = new Random(9);
    long interval = 0;
    for (int i = 0; i < 50_000; i++) {
      clock.addAndGet(random.nextInt(i % 1_000 == 0 ? 2_000_000_000 : 3_000_000));
      long now = (clock.get() + 5_000_000_000L) / 1_000_000_000;
      if (now > interval) {
        previous = now == interval + 1 ? current : new HashMap<>();
        current = new HashMap<>();
        interval = now;
      }
      int key = random.nextInt(50);
      long n = random.nextInt(4);
      assertThat(rate.observe(key, n)).isEqualTo(current.merge(key, n, Long::sum));
      int other = random.nextInt(50);
      assertThat(rate.rate(other)).isEqualTo((double) previous.getOrDefault(other, 0L));
    }
    assertThat(interval).isGreaterThan(50);
  }

  @Test
  void losesAndCarriesOverNothingAtABoundary() throws Exception {
    int each = 20_000;
    for (int round = 0; round < 10; round++) {
      pass(1_000);
      Race.run(
          4,
          thread -> {
            for (int i = 0; i < each; i++) {
              assertThat(rate.observe("k", 1)).isPositive();
            }
          });
      assertThat(rate.observe("k", 0)).isEqualTo(4L * each);
    }
  }

  @Test
  void allocatesNothingWithinAnInterval() throws Exception {
    long allocated =
        Allocation.of(
            100_000,
            () -> {
              rate.observe("203.0.113.7", 1);
              rate.rate("203.0.113.7");
            });
    assertThat(allocated).isLessThan(10_000);
  }

  @Test
  void refusesBadIntervals() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rate.of(Duration.ZERO))
        .withMessage("interval: PT0S (expected: PT0.001S..PT8784H)");
    assertThatIllegalArgumentException().isThrownBy(() -> Rate.of(Duration.ofSeconds(-1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rate.of(Duration.ofSeconds(Long.MAX_VALUE)));
    assertThatIllegalArgumentException().isThrownBy(() -> Rate.of(SECOND, 0, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> rate.observe("a", -1));
  }

  @Test
  void runsOnTheSystemClock() {
    Rate real = Rate.of(Duration.ofDays(1));
    assertThat(real.observe("a", 2)).isEqualTo(2);
    assertThat(real.rate("a")).isZero();
  }
}

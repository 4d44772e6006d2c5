// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InflightTest {
  private final Inflight inflight = Inflight.of(4, 8192, new Random(1));

  @Test
  void countsUntilTheGuardCloses() {
    Inflight.Guard first = inflight.incr("a", 1);
    Inflight.Guard second = inflight.incr("a", 2);
    assertThat(first.count()).isEqualTo(1);
    assertThat(second.count()).isEqualTo(3);
    assertThat(first.current()).isEqualTo(3);
    first.close();
    assertThat(inflight.get("a")).isEqualTo(2);
    second.close();
    assertThat(inflight.get("a")).isZero();
  }

  @Test
  void keepsKeysApart() {
    try (Inflight.Guard a = inflight.incr("a", 1);
        Inflight.Guard b = inflight.incr("b", 1)) {
      assertThat(a.count()).isEqualTo(1);
      assertThat(b.count()).isEqualTo(1);
    }
    assertThat(inflight.get("a")).isZero();
  }

  @Test
  void subtractsOnceWhenClosedTwice() {
    Inflight.Guard kept = inflight.incr("a", 1);
    Inflight.Guard guard = inflight.incr("a", 1);
    guard.close();
    guard.close();
    assertThat(kept.current()).isEqualTo(1);
  }

  @Test
  void subtractsAllThatAGuardAdded() {
    Inflight.Guard guard = inflight.incr("a", 2);
    assertThat(guard.incr()).isEqualTo(4);
    assertThat(guard.current()).isEqualTo(4);
    guard.close();
    assertThat(inflight.get("a")).isZero();
  }

  @Test
  void refusesToGrowAClosedGuard() {
    Inflight.Guard guard = inflight.incr("a", 1);
    guard.close();
    assertThatIllegalStateException().isThrownBy(guard::incr);
    assertThat(inflight.get("a")).isZero();
  }

  @Test
  void admitsUpToTheLimit() {
    Optional<Inflight.Guard> one = inflight.tryIncr("a", 1, 2);
    Optional<Inflight.Guard> two = inflight.tryIncr("a", 1, 2);
    assertThat(one).isPresent();
    assertThat(two).isPresent();
    assertThat(inflight.tryIncr("a", 1, 2)).isEmpty();
    assertThat(inflight.get("a")).isEqualTo(2);
    one.orElseThrow().close();
    assertThat(inflight.tryIncr("a", 1, 2)).isPresent();
  }

  @Test
  void admitsNothingUnderALimitOfZero() {
    assertThat(inflight.tryIncr("a", 1, 0)).isEmpty();
    assertThat(inflight.get("a")).isZero();
  }

  @Test
  void refusesNegativeSteps() {
    assertThatIllegalArgumentException().isThrownBy(() -> inflight.incr("a", -1));
  }

  @Test
  void keepsAZeroStepOpen() {
    Inflight.Guard guard = inflight.incr("a", 0);
    assertThat(guard.incr()).isZero();
    guard.close();
    assertThat(inflight.get("a")).isZero();
  }

  @Test
  void agreesWithAMapOfCounters() {
    Inflight crowded = Inflight.of(2, 16, new Random(2));
    Map<Integer, Long> truth = new HashMap<>();
    Deque<Map.Entry<Integer, Inflight.Guard>> open = new ArrayDeque<>();
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      int key = random.nextInt(100);
      if (open.size() < 200 && random.nextBoolean()) {
        open.add(Map.entry(key, crowded.incr(key, 1)));
        truth.merge(key, 1L, Long::sum);
      } else if (!open.isEmpty()) {
        Map.Entry<Integer, Inflight.Guard> oldest = open.remove();
        oldest.getValue().close();
        truth.merge(oldest.getKey(), -1L, Long::sum);
      }
      assertThat(crowded.get(key)).isGreaterThanOrEqualTo(truth.getOrDefault(key, 0L));
    }
    open.forEach(entry -> entry.getValue().close());
    for (int key = 0; key < 100; key++) {
      assertThat(crowded.get(key)).isZero();
    }
  }

  @Test
  void neverExceedsALimitUnderRaces() throws Exception {
    int limit = 2;
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger admitted = new AtomicInteger();
    Race.run(
        4,
        thread -> {
          for (int i = 0; i < 20_000; i++) {
            Optional<Inflight.Guard> guard = inflight.tryIncr("k", 1, limit);
            if (guard.isPresent()) {
              most.accumulateAndGet(inside.incrementAndGet(), Math::max);
              admitted.incrementAndGet();
              inside.decrementAndGet();
              guard.get().close();
            }
          }
        });
    assertThat(most.get()).isBetween(1, limit);
    assertThat(admitted.get()).isPositive();
    assertThat(inflight.get("k")).isZero();
  }

  @Test
  void losesNothingWhenGrowingRacesClosing() throws Exception {
    for (int round = 0; round < 500; round++) {
      Inflight.Guard guard = inflight.incr("k", 1);
      Race.run(
          2,
          thread -> {
            if (thread == 0) {
              guard.close();
            } else {
              growTwice(guard);
            }
          });
      assertThat(inflight.get("k")).isZero();
    }
  }

  private static void growTwice(Inflight.Guard guard) {
    try {
      guard.incr();
      guard.incr();
    } catch (IllegalStateException closed) {
      // Either order is fine: only the sum counts.
    }
  }

  /// Cut to 2⁵³ each, 512 fill a cell; more were cut off once, yet subtracted in full.
  @Test
  void givesBackWhatItTookHoweverMuchWasAskedFor() {
    Deque<Inflight.Guard> open = new ArrayDeque<>();
    int refused = 0;
    for (int i = 0; i < 700; i++) {
      Optional<Inflight.Guard> guard = inflight.tryIncr("a", Long.MAX_VALUE, Long.MAX_VALUE);
      guard.ifPresent(open::add);
      refused += guard.isEmpty() ? 1 : 0;
    }
    assertThat(refused).isEqualTo(700 - 512);
    assertThat(inflight.get("a")).isEqualTo(1L << 62);
    assertThatIllegalStateException()
        .isThrownBy(() -> inflight.incr("a", 1))
        .withMessageContaining("n: 1 ");
    Inflight.Guard last = open.getLast();
    assertThatIllegalStateException().isThrownBy(last::incr);
    open.forEach(Inflight.Guard::close);
    assertThat(inflight.get("a")).isZero();
    assertThat(inflight.tryIncr("a", 100, 1)).isEmpty();
    assertThat(inflight.tryIncr("a", 1, 1)).isPresent();
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.pool;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.timeout.Timer;
import dev.pingora.timeout.TimerWheel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class IdlePoolTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /// Two different keys of the same hash, as a pool that compares hashes only would confuse them.
  private record Colliding(String name) {
    @Override
    public int hashCode() {
      return 7;
    }
  }

  private long now = Long.MAX_VALUE - 5_000_000_000L; // wraps around in the middle of a test
  private final TimerWheel wheel = new TimerWheel(now);
  private final List<String> closed = new ArrayList<>();
  private final PoolBudget budget = new PoolBudget(4);
  private final IdlePool<Object, String> pool = pool();

  private IdlePool<Object, String> pool() {
    return IdlePool.confined(
        budget, IdleTimers.on(wheel, () -> now), (c, reason) -> closed.add(c + " " + reason));
  }

  private Idle<Object, String> put(Object key, String connection) {
    return requireNonNull(pool.put(key, connection, MINUTE), "refused");
  }

  private void pass(Duration time) {
    now += time.toNanos();
    wheel.advance(now);
  }

  @Test
  void takesTheConnectionThatWasPutLast() {
    put("a", "a1");
    put("b", "b1");
    put("a", "a2");

    assertThat(pool.take("a")).isEqualTo("a2");
    assertThat(pool.take("a")).isEqualTo("a1");
    assertThat(pool.take("a")).isNull();
    assertThat(pool.take("c")).isNull();
    assertThat(pool.take("b")).isEqualTo("b1");
    assertThat(closed).isEmpty();
    assertThat(budget.idle()).isZero();
  }

  @Test
  void comparesKeysAndNotOnlyHashes() {
    put(new Colliding("x"), "x1");
    put(new Colliding("y"), "y1");
    put(new Colliding("z"), "z1");
    put(new Colliding("y"), "y2");

    assertThat(pool.take(new Colliding("w"))).isNull();
    assertThat(pool.take(new Colliding("x"))).isEqualTo("x1");
    assertThat(pool.take(new Colliding("y"))).isEqualTo("y2");
    assertThat(pool.take(new Colliding("z"))).isEqualTo("z1");
    assertThat(pool.take(new Colliding("y"))).isEqualTo("y1");
  }

  @Test
  void evictsWhatHasBeenIdleForTheLongestTime() {
    put("a", "a1");
    put("b", "b1");
    put("a", "a2");
    put("c", "c1");
    put("a", "a3");
    put("d", "d1");

    assertThat(closed).containsExactly("a1 EVICTED", "b1 EVICTED");
    assertThat(pool.size()).isEqualTo(4);
    assertThat(budget.idle()).isEqualTo(4);
    assertThat(pool.take("b")).isNull();
    assertThat(pool.take("a")).isEqualTo("a3");
    assertThat(pool.take("a")).isEqualTo("a2");
  }

  @Test
  void refusesWhenTheOtherPoolsHoldTheWholeBudget() {
    IdlePool<Object, String> other = pool();
    for (int i = 0; i < 4; i++) {
      assertThat(other.put("a", "other" + i, MINUTE)).isNotNull();
    }

    assertThat(pool.put("a", "a1", MINUTE)).isNull();
    assertThat(pool.stats().refusals()).isEqualTo(1);
    assertThat(closed).isEmpty();

    assertThat(other.take("a")).isEqualTo("other3");
    assertThat(pool.put("a", "a1", MINUTE)).isNotNull();
    assertThat(pool.put("a", "a2", MINUTE)).isNotNull();
    assertThat(closed).containsExactly("a1 EVICTED");
    assertThat(budget.idle()).isEqualTo(4);
  }

  @Test
  void keepsNothingWithoutABudget() {
    IdlePool<Object, String> none =
        IdlePool.confined(
            new PoolBudget(0), IdleTimers.on(wheel, () -> now), (c, reason) -> closed.add(c));

    assertThat(none.put("a", "a1", MINUTE)).isNull();
    assertThat(wheel.isEmpty()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  void refusesATimeoutOfNothing(long seconds) {
    assertThat(pool.put("a", "a1", Duration.ofSeconds(seconds))).isNull();
    assertThat(budget.idle()).isZero();
  }

  @Test
  void closesAtTheIdleTimeoutOfEach() {
    requireNonNull(pool.put("a", "a10", Duration.ofSeconds(10)));
    requireNonNull(pool.put("a", "a3", Duration.ofSeconds(3)));
    requireNonNull(pool.put("a", "ever", Duration.ofSeconds(Long.MAX_VALUE)));

    pass(Duration.ofMillis(2_980));
    assertThat(closed).isEmpty();
    pass(Duration.ofMillis(40));
    assertThat(closed).containsExactly("a3 EXPIRED");
    pass(Duration.ofSeconds(10));
    assertThat(closed).containsExactly("a3 EXPIRED", "a10 EXPIRED");
    pass(Duration.ofDays(3650));
    assertThat(pool.take("a")).isEqualTo("ever");
    assertThat(pool.stats().expirations()).isEqualTo(2);
    assertThat(wheel.isEmpty()).isTrue();
  }

  @Test
  void neverGivesOutWhatIsPastItsTimeThoughTheTimerIsLate() {
    requireNonNull(pool.put("a", "old", MINUTE));
    requireNonNull(pool.put("a", "older", Duration.ofSeconds(1)));
    now += Duration.ofSeconds(2).toNanos();

    assertThat(pool.take("a")).isEqualTo("old");
    assertThat(closed).containsExactly("older EXPIRED");
    wheel.advance(now);
    assertThat(closed).hasSize(1);
    assertThat(pool.stats()).isEqualTo(new PoolStats(0, 1, 0, 0, 1, 0, 0));
  }

  @Test
  void ignoresATimerThatWasSetForAnEarlierStay() {
    IdleTimers careless =
        new IdleTimers() {
          @Override
          public long nanoTime() {
            return now;
          }

          @Override
          public void schedule(Timer timer, long deadlineNanos) {
            // As if the second setting were still on its way to the loop.
            if (!timer.isScheduled()) {
              wheel.schedule(timer, deadlineNanos);
            }
          }

          @Override
          public void cancel(Timer timer) {}
        };
    IdlePool<Object, String> other =
        IdlePool.confined(budget, careless, (c, reason) -> closed.add(c + " " + reason));
    Idle<Object, String> place =
        requireNonNull(other.put("a", "a1", Duration.ofSeconds(1)), "refused");
    assertThat(other.take("a")).isEqualTo("a1");
    assertThat(other.put(place, MINUTE)).isTrue();

    pass(Duration.ofSeconds(2));
    assertThat(closed).isEmpty();
    assertThat(other.take("a")).isEqualTo("a1");
    pass(Duration.ofDays(1));
    assertThat(closed).isEmpty();
  }

  @Test
  void removesTheOneWhosePeerClosed() {
    Idle<Object, String> first = put("a", "a1");
    Idle<Object, String> middle = put("a", "a2");
    put("a", "a3");

    assertThat(middle.isIdle()).isTrue();
    assertThat(middle.remove()).isTrue();
    assertThat(middle.remove()).isFalse();
    assertThat(middle.isIdle()).isFalse();
    assertThat(pool.take("a")).isEqualTo("a3");
    assertThat(first.remove()).isTrue();
    assertThat(pool.take("a")).isNull();
    assertThat(closed).isEmpty();
    assertThat(wheel.isEmpty()).isTrue();
    assertThat(budget.idle()).isZero();
  }

  @Test
  void ignoresARemovalThatComesAfterTheTake() {
    Idle<Object, String> idle = put("a", "a1");
    assertThat(pool.take("a")).isEqualTo("a1");

    assertThat(idle.remove()).isFalse();
    put("a", "a2");
    assertThat(idle.remove()).isFalse();
    assertThat(pool.take("a")).isEqualTo("a2");
  }

  @Test
  void putsAConnectionBackInItsPlace() {
    Idle<Object, String> idle = put("a", "a1");
    assertThat(pool.take("a")).isEqualTo("a1");
    pass(MINUTE.dividedBy(2));

    assertThat(pool.put(idle, MINUTE)).isTrue();
    assertThat(idle.key()).isEqualTo("a");
    assertThat(idle.connection()).isEqualTo("a1");
    pass(MINUTE.dividedBy(2).plusSeconds(1));
    assertThat(closed).isEmpty();
    pass(MINUTE.dividedBy(2));
    assertThat(closed).containsExactly("a1 EXPIRED");
    assertThat(pool.put(idle, Duration.ZERO)).isFalse();
  }

  @Test
  void refusesMisuse() {
    Idle<Object, String> idle = put("a", "a1");

    assertThatThrownBy(() -> pool.put(idle, MINUTE)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> pool().put(idle, MINUTE)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new PoolBudget(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThat(budget.idle()).isEqualTo(1);
  }

  @Test
  void closesAllAndRefusesTheRestOnceItIsClosed() {
    Idle<Object, String> taken = put("a", "a1");
    assertThat(pool.take("a")).isEqualTo("a1");
    put("a", "a2");
    put("b", "b1");

    pool.close();
    pool.close();

    assertThat(closed).containsExactly("a2 SHUT_DOWN", "b1 SHUT_DOWN");
    assertThat(pool.put(taken, MINUTE)).isFalse();
    assertThat(pool.put("a", "a3", MINUTE)).isNull();
    assertThat(pool.take("a")).isNull();
    assertThat(budget.idle()).isZero();
    assertThat(wheel.isEmpty()).isTrue();
  }

  @Test
  void letsTheCloserCallThePool() {
    List<Idle<Object, String>> places = new ArrayList<>();
    List<Boolean> removed = new ArrayList<>();
    IdlePool<Object, String> reentrant =
        IdlePool.confined(
            new PoolBudget(1),
            IdleTimers.on(wheel, () -> now),
            (c, reason) -> removed.add(places.getFirst().remove()));
    places.add(requireNonNull(reentrant.put("a", "a1", MINUTE)));
    requireNonNull(reentrant.put("a", "a2", MINUTE));

    assertThat(removed).containsExactly(false);
    assertThat(reentrant.take("a")).isEqualTo("a2");
  }

  @Test
  void countsWhatHappens() {
    put("a", "a1");
    assertThat(pool.take("a")).isNotNull();
    assertThat(pool.take("a")).isNull();
    assertThat(pool.take("b")).isNull();
    put("a", "a2").remove();
    assertThat(pool.put("a", "no", Duration.ZERO)).isNull();
    for (int i = 0; i < 7; i++) {
      put("a", "b" + i);
    }

    PoolStats stats = pool.stats();
    assertThat(stats).isEqualTo(new PoolStats(4, 1, 2, 3, 0, 1, 1));
    assertThat(PoolStats.NONE.plus(stats).plus(stats))
        .isEqualTo(new PoolStats(8, 2, 4, 6, 0, 2, 2));
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.timeout.TimerWheel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Random calls to two pools of one budget, and to a model that is a plain list for each; after
/// each call they must agree about what was taken, what was closed and why, and what is left.
final class IdlePoolModelTest {
  private static final long SEED = 15_16_17;
  private static final int STEPS = 300_000;
  private static final int MAX_IDLE = 24;
  private static final Duration TICK = Duration.ofMillis(10);

  /// A key of few hashes.
  private record Key(int number) {
    @Override
    public int hashCode() {
      return number % 3;
    }
  }

  /// An idle connection of the model; the list holds them from the oldest to the newest.
  private record Waiting(Idle<Key, Integer> place, long deadline) {}

  /// A pool beside its model.
  private final class Twin {
    final IdlePool<Key, Integer> pool =
        IdlePool.confined(budget, IdleTimers.on(wheel, () -> now), this::onClose);
    final List<Waiting> waiting = new ArrayList<>();
    final List<String> closed = new ArrayList<>();
    final List<String> expected = new ArrayList<>();

    void onClose(Integer connection, CloseReason reason) {
      closed.add(connection + " " + reason);
    }

    void expect(Waiting gone, CloseReason reason) {
      expected.add(gone.place().connection() + " " + reason);
    }
  }

  private final Random random = new Random(SEED);
  private final PoolBudget budget = new PoolBudget(MAX_IDLE);
  private long now = 1_000_000_000_000L;
  private final TimerWheel wheel = new TimerWheel(now, TICK);
  private final List<Twin> twins = List.of(new Twin(), new Twin());
  private int nextConnection;

  @Test
  void behavesLikeAListOrderedByAge() {
    List<Idle<Key, Integer>> inUse = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      Twin twin = twins.get(random.nextInt(2));
      switch (random.nextInt(12)) {
        case 0, 1, 2, 3 -> take(twin, inUse);
        case 4, 5, 6 -> putNew(twin);
        case 7, 8 -> putBack(inUse);
        case 9 -> remove(twin);
        default -> pass();
      }
      check(twin);
    }
    PoolStats stats = twins.get(0).pool.stats().plus(twins.get(1).pool.stats());
    assertThat(stats.hits()).isGreaterThan(1_000);
    assertThat(stats.evictions()).isGreaterThan(1_000);
    assertThat(stats.expirations()).isGreaterThan(1_000);
    assertThat(stats.refusals()).isGreaterThan(10);
    twins.forEach(twin -> twin.pool.close());
    assertThat(budget.idle()).isZero();
    assertThat(wheel.isEmpty()).isTrue();
  }

  private void take(Twin twin, List<Idle<Key, Integer>> inUse) {
    Key key = key();
    Waiting found = null;
    for (int i = twin.waiting.size() - 1; i >= 0 && found == null; i--) {
      Waiting candidate = twin.waiting.get(i);
      if (candidate.place().key().equals(key)) {
        twin.waiting.remove(i);
        if (candidate.deadline() - now > 0) {
          found = candidate;
          inUse.add(candidate.place());
        } else {
          twin.expect(candidate, CloseReason.EXPIRED);
        }
      }
    }
    Integer taken = twin.pool.take(new Key(key.number()));
    assertThat(taken).isEqualTo(found == null ? null : found.place().connection());
  }

  private void putNew(Twin twin) {
    Duration timeout = timeout();
    int connection = nextConnection++;
    @Nullable Waiting victim = victim(twin, timeout);
    boolean refused = victim == null && isFull(timeout);
    Idle<Key, Integer> place = twin.pool.put(key(), connection, timeout);
    assertThat(place == null).isEqualTo(refused);
    if (place != null) {
      admit(twin, place, timeout, victim);
    }
  }

  private void putBack(List<Idle<Key, Integer>> inUse) {
    if (inUse.isEmpty()) {
      return;
    }
    Idle<Key, Integer> place = inUse.remove(random.nextInt(inUse.size()));
    Twin twin = twins.get(twins.get(0).pool == place.pool ? 0 : 1);
    Duration timeout = timeout();
    @Nullable Waiting victim = victim(twin, timeout);
    boolean refused = victim == null && isFull(timeout);
    assertThat(twin.pool.put(place, timeout)).isEqualTo(!refused);
    if (!refused) {
      admit(twin, place, timeout, victim);
    }
  }

  private boolean isFull(Duration timeout) {
    int all = twins.get(0).waiting.size() + twins.get(1).waiting.size();
    return timeout.isZero() || all == MAX_IDLE;
  }

  private @Nullable Waiting victim(Twin twin, Duration timeout) {
    boolean needed = !timeout.isZero() && isFull(timeout) && !twin.waiting.isEmpty();
    return needed ? twin.waiting.getFirst() : null;
  }

  private void admit(
      Twin twin, Idle<Key, Integer> place, Duration timeout, @Nullable Waiting victim) {
    if (victim != null) {
      twin.waiting.remove(victim);
      twin.expect(victim, CloseReason.EVICTED);
    }
    twin.waiting.add(new Waiting(place, now + timeout.toNanos()));
  }

  private void remove(Twin twin) {
    if (!twin.waiting.isEmpty()) {
      Waiting gone = twin.waiting.remove(random.nextInt(twin.waiting.size()));
      assertThat(gone.place().remove()).isTrue();
      assertThat(gone.place().remove()).isFalse();
    }
  }

  /// Lets time pass, sometimes without telling the wheel, as a busy loop does.
  private void pass() {
    now += random.nextLong(40_000_000L);
    if (random.nextInt(4) == 0) {
      return;
    }
    for (Twin twin : twins) {
      twin.closed.clear();
      twin.expected.clear();
    }
    wheel.advance(now);
    for (Twin twin : twins) {
      // A timer is never early, and at most one tick late.
      for (String gone : twin.closed) {
        Waiting waiting = waiting(twin, gone);
        assertThat(waiting.deadline() - now).isLessThanOrEqualTo(0);
        twin.waiting.remove(waiting);
      }
      twin.closed.clear();
      assertThat(twin.waiting).allMatch(w -> w.deadline() + TICK.toNanos() - now > 0);
    }
  }

  private static Waiting waiting(Twin twin, String closed) {
    return twin.waiting.stream()
        .filter(w -> closed.equals(w.place().connection() + " EXPIRED"))
        .findFirst()
        .orElseThrow();
  }

  private void check(Twin twin) {
    assertThat(twin.closed).isEqualTo(twin.expected);
    twin.closed.clear();
    twin.expected.clear();
    assertThat(twin.pool.size()).isEqualTo(twin.waiting.size());
    assertThat(twin.pool.stats().idle()).isEqualTo(twin.waiting.size());
    assertThat(budget.idle()).isEqualTo(twins.get(0).waiting.size() + twins.get(1).waiting.size());
  }

  private Key key() {
    return new Key(random.nextInt(8));
  }

  private Duration timeout() {
    return Duration.ofMillis(random.nextInt(20) == 0 ? 0 : 1 + random.nextInt(1_000));
  }
}

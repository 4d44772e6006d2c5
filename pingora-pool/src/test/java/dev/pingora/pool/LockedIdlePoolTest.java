// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.timeout.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The flavour for work stealing: many threads, one pool.
final class LockedIdlePoolTest {
  private static final int THREADS = 4;
  private static final int ROUNDS = 40_000;
  private static final int MAX_IDLE = 3;

  /// Tells if two users, or a user and the closer, have it at once.
  private static final class Line {
    final AtomicBoolean used = new AtomicBoolean(true);

    void use() {
      if (!used.compareAndSet(false, true)) {
        throw new AssertionError("given out twice");
      }
    }

    void leave() {
      if (!used.compareAndSet(true, false)) {
        throw new AssertionError("not in use");
      }
    }
  }

  /// Timers that never fire: expiry is tested where time is.
  private static final class NoTimers implements IdleTimers {
    @Override
    public long nanoTime() {
      return 0;
    }

    @Override
    public void schedule(Timer timer, long deadlineNanos) {}

    @Override
    public void cancel(Timer timer) {}
  }

  private final PoolBudget budget = new PoolBudget(MAX_IDLE);
  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();
  private final AtomicLong taken = new AtomicLong();

  private void close(Line line) {
    line.use();
    closed.incrementAndGet();
  }

  @Test
  void givesEachConnectionToOneUserAtATime() throws Exception {
    IdlePool<Integer, Line> pool =
        IdlePool.locked(budget, new NoTimers(), (line, reason) -> close(line));
    List<Callable<@Nullable Void>> users = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Random random = new Random(i);
      users.add(() -> exchange(pool, random));
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      for (Future<@Nullable Void> done : threads.invokeAll(users)) {
        done.get();
      }
    }
    PoolStats stats = pool.stats();
    pool.close();

    assertThat(stats.hits()).isEqualTo(taken.get()).isPositive();
    assertThat(stats.hits() + stats.misses()).isEqualTo((long) THREADS * ROUNDS);
    assertThat(stats.evictions()).isPositive();
    assertThat(opened).hasValue(closed.get());
    assertThat(budget.idle()).isZero();
  }

  private @Nullable Void exchange(IdlePool<Integer, Line> pool, Random random) {
    for (int i = 0; i < ROUNDS; i++) {
      Integer key = random.nextInt(5);
      Line line = pool.take(key);
      if (line == null) {
        line = new Line();
        opened.incrementAndGet();
      } else {
        line.use();
        taken.incrementAndGet();
      }
      giveBack(pool, random, key, line);
      assertThat(budget.idle()).isLessThanOrEqualTo(MAX_IDLE);
    }
    return null;
  }

  private void giveBack(IdlePool<Integer, Line> pool, Random random, Integer key, Line line) {
    line.leave();
    Idle<Integer, Line> place = pool.put(key, line, Duration.ofMinutes(1));
    boolean leftBeforeUse = place != null && random.nextInt(3) == 0 && place.remove();
    if (place == null || leftBeforeUse) {
      close(line);
    }
  }
}

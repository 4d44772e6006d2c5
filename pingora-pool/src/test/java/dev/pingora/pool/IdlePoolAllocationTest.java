// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.pool;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.Allocation;
import dev.pingora.timeout.TimerWheel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class IdlePoolAllocationTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final int ROUNDS = 20_000;

  private final TimerWheel wheel = new TimerWheel(0);
  private final PoolBudget budget = new PoolBudget(1_000);
  private final IdlePool<String, String> pool =
      IdlePool.confined(budget, IdleTimers.on(wheel, () -> 0), (c, reason) -> {});

  private void useAndPutBack(List<Idle<String, String>> places) {
    for (int i = 0; i < ROUNDS; i++) {
      Idle<String, String> place = places.get(i % places.size());
      if (pool.take(place.key()) == null || !pool.put(place, MINUTE)) {
        throw new AssertionError("not found or refused");
      }
    }
  }

  @Test
  void takesAndPutsBackWithoutAllocating() {
    List<Idle<String, String>> places = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      places.add(requireNonNull(pool.put("key" + i, "connection" + i, MINUTE)));
    }
    useAndPutBack(places);
    useAndPutBack(places);

    long octets = Allocation.of(() -> useAndPutBack(places));

    assertThat((double) octets / ROUNDS).isLessThan(1);
  }
}

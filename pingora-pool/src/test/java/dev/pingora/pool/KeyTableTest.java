// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.timeout.TimerWheel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class KeyTableTest {
  private final IdlePool<Integer, String> pool =
      IdlePool.confined(
          new PoolBudget(0), IdleTimers.on(new TimerWheel(0), () -> 0), (c, reason) -> {});
  private final KeyTable<Integer, String> table = new KeyTable<>();

  private Idle<Integer, String> push(int key, String connection) {
    Idle<Integer, String> place = new Idle<>(pool, key, connection);
    table.push(place);
    return place;
  }

  @Test
  void countsKeysNotConnections() {
    Idle<Integer, String> a = push(1, "a");
    Idle<Integer, String> b = push(1, "b");
    Idle<Integer, String> c = push(2, "c");
    assertThat(table.keys()).isEqualTo(2);

    table.remove(a);
    assertThat(table.keys()).isEqualTo(2);
    table.remove(b);
    assertThat(table.keys()).isEqualTo(1);
    table.remove(c);
    assertThat(table.keys()).isZero();
  }

  @Test
  void keepsNoReferenceFromWhatWasRemoved() {
    List<Idle<Integer, String>> places = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      places.add(push(i % 500, "c" + i));
    }
    Collections.shuffle(places, new Random(4));
    for (Idle<Integer, String> place : places) {
      table.remove(place);
      assertThat(place.above).isNull();
      assertThat(place.below).isNull();
      assertThat(place.nextKey).isNull();
    }
    assertThat(table.keys()).isZero();
  }

  @Test
  void findsEveryKeyWhileItGrowsAndShrinks() {
    List<Idle<Integer, String>> places = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      // Multiples of a power of two: their hashes differ in high bits only.
      places.add(push(i << 16, "c" + i));
    }
    for (int i = 0; i < places.size(); i += 2) {
      table.remove(places.get(i));
    }
    for (int i = 0; i < places.size(); i++) {
      assertThat(table.find(i << 16)).isSameAs(i % 2 == 0 ? null : places.get(i));
    }
  }
}

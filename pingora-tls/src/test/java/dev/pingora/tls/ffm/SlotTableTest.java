// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls.ffm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class SlotTableTest {
  private final SlotTable<String> table = new SlotTable<>();

  @Test
  void findsWhatWasPut() {
    long one = table.put("one");
    long two = table.put("two");
    assertThat(table.find(one)).isEqualTo("one");
    assertThat(table.find(two)).isEqualTo("two");
    assertThat(table.size()).isEqualTo(2);
  }

  @Test
  void findsNothingOnceRemoved() {
    long handle = table.put("gone");
    assertThat(table.remove(handle)).isTrue();
    assertThat(table.remove(handle)).isFalse();
    assertThat(table.find(handle)).isNull();
    assertThat(table.size()).isZero();
  }

  @Test
  void aStaleHandleFindsNoStrangerInTheSameSlot() {
    long stale = table.put("old");
    table.remove(stale);
    long handle = table.put("new");
    assertThat((int) handle).as("the slot").isEqualTo((int) stale);
    assertThat(table.find(stale)).isNull();
    assertThat(table.remove(stale)).isFalse();
    assertThat(table.find(handle)).isEqualTo("new");
  }

  @Test
  void findsNothingForNumbersItNeverGave() {
    table.put("there");
    for (long handle :
        new long[] {0, -1, 1, 1L << 32 | 77, Long.MAX_VALUE, Long.MIN_VALUE, 2L << 32}) {
      assertThat(table.find(handle)).as("%x", handle).isNull();
      assertThat(table.remove(handle)).as("%x", handle).isFalse();
    }
  }

  @Test
  void growsAndUsesSlotsAgain() {
    List<Long> handles = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      handles.add(table.put("value " + i));
    }
    for (int i = 0; i < 3000; i++) {
      assertThat(table.find(handles.get(i))).isEqualTo("value " + i);
    }
    handles.forEach(table::remove);
    Set<Integer> slots = new HashSet<>();
    for (int i = 0; i < 3000; i++) {
      slots.add((int) table.put("again"));
    }
    assertThat(slots).hasSize(3000).allMatch(slot -> slot >= 0 && slot < 3000);
  }

  @Test
  void behavesAsAMapDoes() {
    Random random = new Random(42);
    var model = new java.util.LinkedHashMap<Long, String>();
    List<Long> given = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      if (given.isEmpty() || random.nextInt(3) > 0) {
        String value = "v" + i;
        long handle = table.put(value);
        assertThat(model.put(handle, value)).as("a handle is given once").isNull();
        given.add(handle);
      } else {
        long handle = given.get(random.nextInt(given.size()));
        assertThat(table.find(handle)).isEqualTo(model.get(handle));
        assertThat(table.remove(handle)).isEqualTo(model.remove(handle) != null);
      }
    }
    assertThat(table.size()).isEqualTo(model.size());
  }

  @Test
  void keepsApartWhatThreadsPutAndRemoveAtOnce() throws Exception {
    int threads = 4;
    SlotTable<Integer> shared = new SlotTable<>();
    CyclicBarrier start = new CyclicBarrier(threads);
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<Integer>> wrong = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        int seed = t;
        wrong.add(
            pool.submit(() -> {
              start.await();
              return churn(shared, seed);
            }));
      }
      for (Future<Integer> each : wrong) {
        assertThat(each.get()).as("objects of another thread, or lost").isZero();
      }
    }
    assertThat(shared.size()).isZero();
  }

  private static int churn(SlotTable<Integer> shared, int seed) {
    Random random = new Random(seed);
    long[] handles = new long[64];
    Integer[] values = new Integer[64];
    int wrong = 0;
    for (int i = 0; i < 100_000; i++) {
      int at = random.nextInt(64);
      if (handles[at] == 0) {
        values[at] = seed << 24 | i;
        handles[at] = shared.put(values[at]);
      } else {
        wrong += values[at].equals(shared.find(handles[at])) ? 0 : 1;
        wrong += shared.remove(handles[at]) ? 0 : 1;
        wrong += shared.find(handles[at]) == null ? 0 : 1;
        handles[at] = 0;
      }
    }
    for (long handle : handles) {
      wrong += handle == 0 || shared.remove(handle) ? 0 : 1;
    }
    return wrong;
  }
}

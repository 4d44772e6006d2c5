// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BufferPoolTest {
  private static final int SIZE = BufferPool.BUFFER_BYTES;

  private static BufferPool pool(boolean shared, BufferBudget budget, int kept) {
    return shared ? BufferPool.shared(budget, kept) : BufferPool.confined(budget, kept);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void handsOutTheLastReturnedFirst(boolean shared) {
    BufferPool pool = pool(shared, new BufferBudget(8 * SIZE), 4);
    Buffer first = pool.takeAlways();
    Buffer second = pool.takeAlways();
    pool.release(first);
    pool.release(second);
    assertThat(pool.take()).isSameAs(second);
    assertThat(pool.take()).isSameAs(first);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void handsOutEmptyBuffers(boolean shared) {
    BufferPool pool = pool(shared, new BufferBudget(8 * SIZE), 4);
    Buffer used = pool.takeAlways();
    used.bytes.position(7).limit(9);
    pool.release(used);
    Buffer again = pool.takeAlways();
    assertThat(again).isSameAs(used);
    assertThat(again.bytes.position()).isZero();
    assertThat(again.bytes.limit()).isEqualTo(SIZE);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void refusesInputBeyondTheBudgetAndNeverOutput(boolean shared) {
    BufferBudget budget = new BufferBudget(2 * SIZE);
    BufferPool pool = pool(shared, budget, 1);
    List<Buffer> taken = new ArrayList<>();
    taken.add(pool.takeAlways());
    taken.add(pool.takeAlways());
    assertThat(pool.take()).isNull();
    assertThat(budget.reserved()).isEqualTo(2 * SIZE);
    taken.add(pool.takeAlways());
    assertThat(budget.reserved()).isEqualTo(3 * SIZE);
    assertThat(budget.isOverdrawn()).isTrue();
    taken.forEach(pool::release);
    assertThat(budget.reserved()).as("back within the budget").isEqualTo(2 * SIZE);
    assertThat(pool.take()).isNotNull();
  }

  /// What an idle loop keeps must not starve another for ever.
  @Test
  void aLoopThatIsIdleLeavesBuffersToTheOthers() {
    LoopGroupOptions options =
        new LoopGroupOptions("test", 2, false, TransportKind.AUTO, 16 * SIZE, 1, 1);
    BufferBudget budget = new BufferBudget(options.bufferedBytes());
    int kept = BufferPool.keptPerLoop(options);
    BufferPool idle = BufferPool.confined(budget, kept);
    BufferPool busy = BufferPool.confined(budget, kept);
    List<Buffer> peak = new ArrayList<>();
    for (Buffer next = idle.take(); next != null; next = idle.take()) {
      peak.add(next);
    }
    assertThat(peak).hasSize(16);
    assertThat(busy.take()).isNull();
    peak.forEach(idle::release);
    int left = 0;
    while (busy.take() != null) {
      left++;
    }
    assertThat(left).isEqualTo(16 - kept).isGreaterThanOrEqualTo(8);
  }

  @Test
  void theSmallestBudgetKeepsNothingBack() {
    LoopGroupOptions options =
        new LoopGroupOptions("test", 4, false, TransportKind.AUTO, SIZE, 1, 1);
    assertThat(BufferPool.keptPerLoop(options)).isZero();
    BufferBudget budget = new BufferBudget(options.bufferedBytes());
    BufferPool one = BufferPool.confined(budget, 0);
    BufferPool other = BufferPool.confined(budget, 0);
    Buffer only = one.takeAlways();
    assertThat(other.take()).isNull();
    one.release(only);
    assertThat(other.take()).isSameAs(only);
  }

  @Test
  void aBudgetBelowOneBufferIsRefused() {
    assertThatThrownBy(() -> new BufferBudget(SIZE - 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("buffered_bytes: 65535 (expected: at least 65536)");
  }

  /// Four threads take and give back: no buffer is handed out twice, none is lost.
  @Test
  void aSharedPoolHandsEachBufferToOneThreadOnly() throws InterruptedException {
    BufferBudget budget = new BufferBudget(64 * SIZE);
    BufferPool pool = BufferPool.shared(budget, 4);
    Set<Buffer> out =
        Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
    AtomicReference<String> fault = new AtomicReference<>();
    CountDownLatch start = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  start.await();
                } catch (InterruptedException e) {
                  fault.set("interrupted");
                }
                for (int n = 0; n < 20_000; n++) {
                  Buffer mine = pool.takeAlways();
                  if (!out.add(mine)) {
                    fault.set("handed out twice");
                  }
                  out.remove(mine);
                  pool.release(mine);
                }
              }));
    }
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(fault.get()).isNull();
    assertThat(budget.reserved()).isLessThanOrEqualTo(4 * SIZE);
  }
}

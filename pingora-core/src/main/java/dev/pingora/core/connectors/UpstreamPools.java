// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.connectors;

import dev.pingora.core.upstreams.ReuseKey;
import dev.pingora.pool.IdlePool;
import dev.pingora.pool.IdleTimers;
import dev.pingora.pool.PoolBudget;
import dev.pingora.pool.PoolStats;
import dev.pingora.runtime.Loop;
import dev.pingora.runtime.LoopGroup;
import dev.pingora.timeout.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/// The idle upstream connections of a server: one pool on each loop, one bound for all. A request
/// takes from its own loop's pool, else connects.
public final class UpstreamPools {
  private final List<IdlePool<ReuseKey, PooledUpstream>> pools = new ArrayList<>();
  private final LongAdder spoke = new LongAdder();

  /// Empty pools.
  ///
  /// @param maxIdle idle connections of the whole server; 0 keeps none
  public UpstreamPools(LoopGroup loops, int maxIdle) {
    PoolBudget budget = new PoolBudget(maxIdle);
    for (Loop loop : loops.loops()) {
      pools.add(
          loop.isBound()
              ? IdlePool.confined(budget, timers(loop), (idle, reason) -> idle.evict())
              : IdlePool.locked(budget, timers(loop), (idle, reason) -> idle.evict()));
    }
  }

  IdlePool<ReuseKey, PooledUpstream> of(Loop loop) {
    return pools.get(loop.index());
  }

  /// Counts idle connections that sent something unasked.
  LongAdder spoke() {
    return spoke;
  }

  /// {@return idle connections that were closed because the peer sent something unasked: answers
  /// that nobody asked for belong to nobody}
  public long unexpectedDataConnections() {
    return spoke.sum();
  }

  /// {@return what happened so far, one entry a loop}
  public List<PoolStats> stats() {
    return pools.stream().map(IdlePool::stats).toList();
  }

  /// Bound request threads share their loop's wheel; others send a message.
  private static IdleTimers timers(Loop loop) {
    if (loop.isBound()) {
      return IdleTimers.on(loop.timers(), loop::now);
    }
    return new IdleTimers() {
      @Override
      public long nanoTime() {
        return loop.now();
      }

      @Override
      public void schedule(Timer timer, long deadlineNanos) {
        loop.execute(() -> loop.timers().schedule(timer, deadlineNanos));
      }

      @Override
      public void cancel(Timer timer) {
        loop.execute(() -> loop.timers().cancel(timer));
      }
    };
  }
}

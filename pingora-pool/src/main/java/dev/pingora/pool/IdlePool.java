// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.pool;

import static java.util.Objects.requireNonNull;

import dev.pingora.timeout.TimerWheel;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The connections of one loop that wait for their next request, by key.
///
/// **Idea.** Which connection of a key is taken: the one put last, so that few stay warm and the
/// others reach their idle timeout. Which one goes when there is no room: the one that has been
/// idle for the longest time, of any key. A connection is in two lists at once, the stack of its
/// key ([KeyTable]) and the list of all by age, both linked through its [Idle] place; so every
/// operation takes constant time and allocates nothing but the place, once in a connection's life.
///
/// **Bounds.** In number by a [PoolBudget] that all loops share: when it is used up, this pool's
/// oldest goes; when this pool is empty, the put is refused, since the other pools are not ours to
/// touch. In time by each connection's idle timeout.
///
/// **Invariants.** A place is idle exactly while it is in both lists and holds one unit of the
/// budget. The closer is called for a connection after it left the pool, once at most, never for
/// one that was taken or removed. A connection past its deadline is never given out, even if its
/// timer is late.
///
/// **Threads.** Made by [#confined], a pool belongs to one loop: its event loop and its request
/// threads, which share a carrier, and of which none can stop the other in the middle of a call;
/// there is no lock. Made by [#locked], it may be called by any thread (work-stealing, where the
/// request threads of a loop run anywhere); the lock is held for a few pointer writes, never while
/// the closer runs. [#stats] is for any thread in both.
///
/// @param <K> keys: immutable, with `equals` and `hashCode`; equal keys must mean that a connection
///   of one may serve a request of the other (address, TLS identity and settings, …)
/// @param <C> connections
public final class IdlePool<K, C> implements AutoCloseable {
  private static final long MAX_SECONDS = TimerWheel.MAX_DELAY_NANOS / 1_000_000_000;

  private final PoolBudget budget;
  private final IdleTimers timers;
  private final ConnectionCloser<? super C> closer;
  private final @Nullable ReentrantLock lock;

  private final KeyTable<K, C> table = new KeyTable<>();
  private final Counters counters = new Counters();
  private @Nullable Idle<K, C> oldest;
  private @Nullable Idle<K, C> newest;
  private int size;
  private boolean closed;

  private IdlePool(
      PoolBudget budget,
      IdleTimers timers,
      ConnectionCloser<? super C> closer,
      @Nullable ReentrantLock lock) {
    this.budget = requireNonNull(budget, "budget");
    this.timers = requireNonNull(timers, "timers");
    this.closer = requireNonNull(closer, "closer");
    this.lock = lock;
  }

  /// {@return an empty pool for one loop, without a lock}
  public static <K, C> IdlePool<K, C> confined(
      PoolBudget budget, IdleTimers timers, ConnectionCloser<? super C> closer) {
    return new IdlePool<>(budget, timers, closer, null);
  }

  /// {@return an empty pool that any thread may call}
  public static <K, C> IdlePool<K, C> locked(
      PoolBudget budget, IdleTimers timers, ConnectionCloser<? super C> closer) {
    return new IdlePool<>(budget, timers, closer, new ReentrantLock());
  }

  /// Takes the connection of this key that became idle last.
  ///
  /// @return null if there is none. The connection was fine when it was put here; whether it still
  ///   is, is for the caller to see.
  public @Nullable C take(K key) {
    while (true) {
      enter();
      Idle<K, C> idle;
      boolean late;
      try {
        idle = table.find(key);
        if (idle == null) {
          counters.miss();
          return null;
        }
        late = timers.nanoTime() - idle.deadlineNanos >= 0;
        leave(idle);
        if (late) {
          counters.expired();
        } else {
          counters.hit();
        }
      } finally {
        exit();
      }
      if (!late) {
        return idle.connection;
      }
      closer.close(idle.connection, CloseReason.EXPIRED);
    }
  }

  /// Puts a connection here for the first time.
  ///
  /// @param idleTimeout how long it may wait; zero or less refuses it
  /// @return its place, or null if it is refused: then the caller closes it
  public @Nullable Idle<K, C> put(K key, C connection, Duration idleTimeout) {
    Idle<K, C> idle =
        new Idle<>(this, requireNonNull(key, "key"), requireNonNull(connection, "connection"));
    return put(idle, idleTimeout) ? idle : null;
  }

  /// Puts a connection back after it was taken.
  ///
  /// @param idle its place, of this pool
  /// @param idleTimeout how long it may wait; zero or less refuses it
  /// @return false if it is refused: then the caller closes it
  /// @throws IllegalStateException if the connection is here already
  public boolean put(Idle<K, C> idle, Duration idleTimeout) {
    if (idle.pool != this) {
      throw new IllegalArgumentException("idle: a place of another pool");
    }
    long nanos = nanos(idleTimeout);
    Idle<K, C> victim = null;
    enter();
    try {
      if (idle.idle) {
        throw new IllegalStateException("idle: is in the pool already");
      }
      boolean room = nanos > 0 && !closed && budget.tryAcquire();
      if (!room && nanos > 0 && !closed) {
        victim = oldest;
      }
      if (!room && victim == null) {
        counters.refused();
        return false;
      }
      if (victim != null) {
        unlink(victim);
        counters.evicted();
      }
      join(idle, nanos);
    } finally {
      exit();
    }
    if (victim != null) {
      closer.close(victim.connection, CloseReason.EVICTED);
    }
    return true;
  }

  private static long nanos(Duration timeout) {
    if (timeout.isNegative()) {
      return 0;
    }
    // Longer than a long can count is as good as for ever.
    return timeout.toSeconds() >= MAX_SECONDS ? TimerWheel.MAX_DELAY_NANOS : timeout.toNanos();
  }

  /// {@return how many connections are idle here}
  public int size() {
    enter();
    try {
      return size;
    } finally {
      exit();
    }
  }

  /// {@return what happened so far} For any thread; the numbers may be a moment apart.
  public PoolStats stats() {
    return counters.stats();
  }

  /// Closes all idle connections; later puts are refused.
  @Override
  public void close() {
    Idle<K, C> idle = shutDownOldest();
    while (idle != null) {
      closer.close(idle.connection, CloseReason.SHUT_DOWN);
      idle = shutDownOldest();
    }
  }

  private @Nullable Idle<K, C> shutDownOldest() {
    enter();
    try {
      closed = true;
      Idle<K, C> idle = oldest;
      if (idle != null) {
        leave(idle);
      }
      return idle;
    } finally {
      exit();
    }
  }

  boolean isIdle(Idle<K, C> idle) {
    enter();
    try {
      return idle.idle;
    } finally {
      exit();
    }
  }

  boolean remove(Idle<K, C> idle) {
    enter();
    try {
      if (!idle.idle) {
        return false;
      }
      leave(idle);
      counters.removed();
      return true;
    } finally {
      exit();
    }
  }

  /// Called by the timer, which may be late: the place may be in use, or have a new deadline.
  void expire(Idle<K, C> idle) {
    enter();
    try {
      if (!idle.idle || timers.nanoTime() - idle.deadlineNanos < 0) {
        return;
      }
      leave(idle);
      counters.expired();
    } finally {
      exit();
    }
    closer.close(idle.connection, CloseReason.EXPIRED);
  }

  private void enter() {
    if (lock != null) {
      lock.lock();
    }
  }

  private void exit() {
    if (lock != null) {
      lock.unlock();
    }
  }

  /// Into both lists. A unit of the budget is held already.
  private void join(Idle<K, C> idle, long nanos) {
    idle.deadlineNanos = TimerWheel.deadlineAfter(timers.nanoTime(), nanos);
    idle.idle = true;
    table.push(idle);
    Idle<K, C> last = newest;
    idle.older = last;
    if (last == null) {
      oldest = idle;
    } else {
      last.newer = idle;
    }
    newest = idle;
    counters.idle(++size);
    timers.schedule(idle.timer, idle.deadlineNanos);
  }

  /// Out of both lists; its unit of the budget is free.
  private void leave(Idle<K, C> idle) {
    unlink(idle);
    budget.release();
  }

  /// Out of both lists; its unit of the budget is the caller's.
  private void unlink(Idle<K, C> idle) {
    timers.cancel(idle.timer);
    table.remove(idle);
    Idle<K, C> older = idle.older;
    Idle<K, C> newer = idle.newer;
    if (older == null) {
      oldest = newer;
    } else {
      older.newer = newer;
    }
    if (newer == null) {
      newest = older;
    } else {
      newer.older = older;
    }
    idle.older = null;
    idle.newer = null;
    idle.idle = false;
    counters.idle(--size);
  }
}

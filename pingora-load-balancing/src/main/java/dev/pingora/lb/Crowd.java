// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import dev.pingora.timeout.Ticker;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/// What the backends of one balancer have in common: the rules, the clock, and how many of them
/// there are, are ready, and are ejected. Lock-free.
final class Crowd {
  /// The coarse clock is written at most this often: about a millisecond.
  private static final long TICK_NANOS = 1 << 20;

  private static final VarHandle TICK;

  static {
    try {
      TICK = MethodHandles.lookup().findVarHandle(Crowd.class, "tick", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Passive policy;
  private final Ticker ticker;
  private final Listener listener;
  private final AtomicInteger size = new AtomicInteger();
  private final AtomicInteger ready = new AtomicInteger();
  private final AtomicInteger ejected = new AtomicInteger();
  private final LongAdder inFlight = new LongAdder();

  /// Set once by a selection that needs the sum; others do not pay for it.
  private volatile boolean counting;

  @SuppressWarnings("UnusedVariable") // by its handle
  private volatile long tick;

  /// Hears of changes; on the thread that made them, which may be a request thread.
  @FunctionalInterface
  interface Listener {
    void changed(SocketAddress address, BackendChange change, String why);
  }

  Crowd(Passive policy, Ticker ticker, Listener listener) {
    this.policy = policy;
    this.ticker = ticker;
    this.listener = listener;
    this.tick = ticker.nanoTime();
  }

  Passive policy() {
    return policy;
  }

  Ticker ticker() {
    return ticker;
  }

  long now() {
    return ticker.nanoTime();
  }

  /// {@return the present, read from the clock}
  long tick() {
    long now = ticker.nanoTime();
    long last = (long) TICK.getOpaque(this);
    if (now - last > TICK_NANOS || now - last < 0) {
      TICK.setOpaque(this, now);
    }
    return now;
  }

  /// {@return when anything was last reported, to a millisecond} Costs a plain read. Where nothing
  /// is reported, nothing is to be forgotten either.
  long coarseNow() {
    return (long) TICK.getOpaque(this);
  }

  // --- how many ---

  int size() {
    return size.get();
  }

  int ready() {
    return ready.get();
  }

  int ejected() {
    return ejected.get();
  }

  void joined(boolean isReady) {
    size.incrementAndGet();
    if (isReady) {
      ready.incrementAndGet();
    }
  }

  void left() {
    size.decrementAndGet();
  }

  void readyChanged(int by) {
    ready.addAndGet(by);
  }

  void ejectedChanged(int by) {
    ejected.addAndGet(by);
  }

  /// {@return whether one more may be ejected; then it is counted}
  boolean mayEject(double share) {
    int most = (int) (share * size.get());
    for (int seen = ejected.get(); seen < most; seen = ejected.get()) {
      if (ejected.compareAndSet(seen, seen + 1)) {
        return true;
      }
    }
    return false;
  }

  // --- what is under way ---

  /// Attempts are counted together from now on.
  void count() {
    counting = true;
  }

  void started() {
    if (counting) {
      inFlight.increment();
    }
  }

  void ended() {
    if (counting) {
      inFlight.decrement();
    }
  }

  /// {@return attempts under way on all backends, if they are counted} Attempts that began before
  /// the counting make it too small for a moment, so it is never below zero.
  long inFlight() {
    return Math.max(0, inFlight.sum());
  }

  /// {@return what a failed attempt counts as, for those that prefer the quick ones}
  long penaltyNanos() {
    return policy.penalty().toNanos();
  }

  void tell(SocketAddress address, BackendChange change, String why) {
    listener.changed(address, change, why);
  }
}

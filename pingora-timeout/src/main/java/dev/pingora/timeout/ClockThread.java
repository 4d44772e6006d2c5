// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.timeout;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The thread that fires the alarms of other threads, from a [TimerWheel] of its own.
///
/// **Idea.** The wheel needs no lock because only this thread touches it. Others push alarms onto
/// an inbox, a lock-free stack, which the clock empties once per tick. An alarm whose owner is done
/// by then is dropped unseen, so the usual case, work that is quickly done, costs one push and one
/// state change. An owner that is done later pushes its alarm again, to have it taken off the
/// wheel: nothing stays until a deadline that nobody waits for.
///
/// **Sleep.** After a turn that found something in the inbox the clock sleeps to the next tick and
/// is woken by nobody; no deadline can be due before that, since deadlines are rounded up to ticks.
/// After a quiet turn it sleeps *deeply*, until the next deadline of the wheel or for ever, and the
/// next push wakes it. So a steady load costs at most 100 turns a second and no wake-ups; no load
/// costs nothing.
///
/// **Why no wake-up is lost.** A pusher writes the inbox, then reads [#deep] (and [#thread]); the
/// clock writes [#deep] (or [#thread], when it ends), then reads the inbox. All are volatile, so at
/// least one of the two sees the other's write.
///
/// **Bound.** The inbox holds what is pushed within a tick, and at most one removal for each alarm
/// on the wheel.
final class ClockThread implements AlarmClock {
  /// How long the thread stays without alarms before it ends.
  static final Duration LINGER = Duration.ofSeconds(10);

  private static final VarHandle INBOX;
  private static final VarHandle THREAD;
  private static final VarHandle DEEP;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      INBOX = lookup.findVarHandle(ClockThread.class, "inbox", Alarm.class);
      THREAD = lookup.findVarHandle(ClockThread.class, "thread", Thread.class);
      DEEP = lookup.findVarHandle(ClockThread.class, "deep", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Ticker ticker;
  private final long lingerNanos;
  private final long startNanos;
  private final long tickNanos = TimerWheel.DEFAULT_TICK.toNanos();

  /// Confined to [#thread]; passed from one to the next through that field.
  private final TimerWheel wheel;

  /// Top of the stack of pushed alarms.
  private volatile @Nullable Alarm inbox;

  /// The running clock; null if there is none, because nothing is to be done or it has died.
  private volatile @Nullable Thread thread;

  /// Whether the clock may sleep longer than a tick.
  private volatile boolean deep;

  ClockThread(Ticker ticker) {
    this(ticker, LINGER);
  }

  ClockThread(Ticker ticker, Duration linger) {
    this.ticker = ticker;
    this.lingerNanos = linger.toNanos();
    this.startNanos = ticker.nanoTime();
    this.wheel = new TimerWheel(startNanos);
  }

  @Override
  public void arm(Alarm alarm) {
    push(alarm);
    Thread clock = thread;
    if (clock == null) {
      start();
    } else if (deep && DEEP.compareAndSet(this, true, false)) {
      LockSupport.unpark(clock);
    }
  }

  @Override
  public boolean disarm(Alarm alarm) {
    int left = alarm.finish();
    if (left == Alarm.SCHEDULED) {
      // No hurry: the clock is not woken to forget something.
      push(alarm);
    }
    return left == Alarm.FIRED;
  }

  @Override
  public long nanoTime() {
    return ticker.nanoTime();
  }

  /// {@return the running clock thread}
  @Nullable Thread thread() {
    return thread;
  }

  /// Puts an alarm into the inbox and wakes nobody.
  void push(Alarm alarm) {
    Alarm top;
    do {
      top = inbox;
      alarm.next = top;
    } while (!INBOX.compareAndSet(this, top, alarm));
  }

  private void start() {
    Thread clock = Thread.ofPlatform().daemon().name("pingora-timer").unstarted(this::run);
    if (THREAD.compareAndSet(this, null, clock)) {
      boolean started = false;
      try {
        clock.start();
        started = true;
      } finally {
        if (!started) {
          // No thread to be had: the caller hears of it, and the next one tries again.
          thread = null;
        }
      }
    }
  }

  private void run() {
    try {
      do {
        tickUntilIdle();
        thread = null;
        // What was pushed until here saw a running clock and relies on it.
      } while (inbox != null && THREAD.compareAndSet(this, null, Thread.currentThread()));
    } finally {
      // After an error: the next arm() starts another clock, which finds the wheel as it is.
      THREAD.compareAndSet(this, Thread.currentThread(), null);
    }
  }

  private void tickUntilIdle() {
    boolean idle = false;
    while (!idle) {
      boolean busy = turn();
      long now = ticker.nanoTime();
      if (busy) {
        LockSupport.parkNanos(this, nanosToTick(now));
      } else {
        boolean empty = wheel.isEmpty();
        sleepDeeply(empty ? lingerNanos : wheel.nanosUntilNext(now));
        idle = empty && inbox == null && ticker.nanoTime() - now >= lingerNanos;
      }
      // Somebody's interrupt means nothing here, but would keep the thread from parking.
      Thread.interrupted();
    }
  }

  private void sleepDeeply(long nanos) {
    deep = true;
    if (inbox == null) {
      LockSupport.parkNanos(this, nanos);
    }
    deep = false;
  }

  private long nanosToTick(long now) {
    return tickNanos - (now - startNanos) % tickNanos;
  }

  /// Empties the inbox and fires what is due.
  ///
  /// @return whether there was anything in the inbox
  boolean turn() {
    Alarm top = (Alarm) INBOX.getAndSet(this, null);
    for (Alarm alarm = top; alarm != null; ) {
      // Read first: once it is scheduled, its owner may push it again.
      Alarm next = alarm.next;
      alarm.next = null;
      if (alarm.compareAndSetState(Alarm.QUEUED, Alarm.SCHEDULED)) {
        wheel.schedule(alarm.timer, alarm.deadlineNanos);
      } else {
        wheel.cancel(alarm.timer);
      }
      alarm = next;
    }
    wheel.advance(ticker.nanoTime());
    return top != null;
  }

  /// {@return how many alarms are on the wheel; for tests that drive [#turn] themselves}
  int scheduled() {
    return wheel.size();
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.timeout;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One deadline of one blocked thread, and the handshake between that thread, which finishes the
/// alarm, and the clock, which fires it. Exactly one of the two wins.
///
/// ```
///            clock drains            clock: CAS          clock
///  QUEUED ───────────────► SCHEDULED ──────────► FIRING ───────► FIRED
///    │ owner: CAS              │ owner: CAS        (interrupts or
///    ▼                         ▼                    wakes the owner)
///   DONE                      DONE
/// ```
///
/// FIRING exists so that the owner can wait until the interrupt has been delivered, and clear it
/// before it goes on to other things.
final class Alarm {
  /// In the clock's inbox, which has not looked at it yet.
  static final int QUEUED = 0;

  /// On the clock's wheel.
  static final int SCHEDULED = 1;

  /// The owner needs it no more; it will not fire.
  static final int DONE = 2;

  /// The clock is about to tell the owner.
  static final int FIRING = 3;

  /// The owner was told.
  static final int FIRED = 4;

  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Alarm.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /// The alarm below in the clock's inbox; owned by whoever pushes, then by the clock.
  @Nullable Alarm next;

  /// Used by the clock only.
  final Timer timer = new Timer(this::fire);

  /// Used by [ExactClock] only, on the owner's thread.
  @Nullable Future<?> scheduled;

  final long deadlineNanos;

  /// The alarm of the call around this one, on the same thread.
  final @Nullable Alarm outer;

  private final Thread owner;
  private final boolean interrupts;
  private volatile int state = QUEUED;

  /// An alarm of the current thread.
  ///
  /// @param interrupts whether to interrupt it, else unpark it
  Alarm(long deadlineNanos, boolean interrupts, @Nullable Alarm outer) {
    this.deadlineNanos = deadlineNanos;
    this.owner = Thread.currentThread();
    this.interrupts = interrupts;
    this.outer = outer;
  }

  boolean compareAndSetState(int expected, int update) {
    return STATE.compareAndSet(this, expected, update);
  }

  boolean hasFired() {
    return state == FIRED;
  }

  boolean isFiringOrHasFired() {
    int seen = state;
    return seen == FIRING || seen == FIRED;
  }

  /// On the clock's thread: tells the owner, unless it is done.
  void fire() {
    if (!compareAndSetState(SCHEDULED, FIRING)) {
      return;
    }
    if (interrupts) {
      owner.interrupt();
      state = FIRED;
    } else {
      state = FIRED;
      LockSupport.unpark(owner);
    }
  }

  /// On the owner's thread: ends the alarm, once.
  ///
  /// @return [#QUEUED] or [#SCHEDULED], where the clock still has it; [#FIRED] if it came first;
  ///   [#DONE] if it was ended before
  @SuppressWarnings("ThreadPriorityCheck") // yield() only spares a core, nothing relies on it
  int finish() {
    while (true) {
      int seen = state;
      switch (seen) {
        case QUEUED, SCHEDULED -> {
          if (compareAndSetState(seen, DONE)) {
            return seen;
          }
        }
        // The clock is between two instructions; it may have been descheduled there.
        case FIRING -> Thread.yield();
        default -> {
          return seen;
        }
      }
    }
  }
}

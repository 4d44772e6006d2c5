// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import dev.pingora.timeout.Timer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// A deadline that is set often and rarely passes, and what the loop's timer knows of it.
///
/// The timer is not told of every change. It stays scheduled for the earliest deadline it was told
/// of; when it fires it looks for the present one, and is scheduled again for that. So setting a
/// later deadline, or none, costs a field write, and no message to the loop when the thread that
/// sets it is not the loop's.
///
/// The timer is never moved to a later moment ([#mustMove]): thread and loop may both find that it
/// must be scheduled, for different moments and in any order, and the earlier one wins.
///
/// No deadline is forgotten (Dekker): the thread writes `wanted`, then looks at `armed`; the timer
/// clears `armed`, then looks at `wanted`. Either the thread sees that nothing is armed, and arms,
/// or the timer sees the new deadline. Where both run on one OS thread there is nothing to order.
final class LazyDeadline {
  /// No deadline.
  static final long NEVER = Long.MAX_VALUE;

  private static final VarHandle WANTED;
  private static final VarHandle ARMED;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      WANTED = lookup.findVarHandle(LazyDeadline.class, "wanted", long.class);
      ARMED = lookup.findVarHandle(LazyDeadline.class, "armed", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /// Waiting thread and loop may be on different OS threads.
  private final boolean shared;

  /// What holds now. Written by the thread that waits.
  @SuppressWarnings("UnusedVariable") // accessed through WANTED
  private long wanted = NEVER;

  /// The moment at which the timer is known to fire, [#NEVER] if it is not scheduled. Written by
  /// the waiting thread when it arms, by the loop when the timer fires.
  @SuppressWarnings("UnusedVariable") // accessed through ARMED
  private long armed = NEVER;

  LazyDeadline(boolean shared) {
    this.shared = shared;
  }

  /// Sets the deadline. Waiting thread.
  ///
  /// @return whether the timer must be scheduled for it
  boolean set(long deadline) {
    write(WANTED, deadline);
    if (deadline == NEVER) {
      return false;
    }
    long known = (long) ARMED.getVolatile(this);
    if (known != NEVER && known - deadline <= 0) {
      return false; // the timer fires early enough, and looks again
    }
    write(ARMED, deadline);
    return true;
  }

  /// There is no deadline any more. Waiting thread.
  void clear() {
    write(WANTED, NEVER);
  }

  /// {@return whether a deadline was ever set and is not cleared}
  boolean isSet() {
    return (long) WANTED.getVolatile(this) != NEVER;
  }

  /// {@return whether a timer that must fire by `deadline` has to be scheduled anew} Event loop.
  static boolean mustMove(Timer timer, long deadline) {
    return !timer.isScheduled() || deadline - timer.deadlineNanos() < 0;
  }

  /// The timer fires. Event loop.
  ///
  /// @return when it must be scheduled again; `now` if the deadline has passed; [#NEVER] if there
  ///   is none
  long fire(long now) {
    write(ARMED, NEVER);
    long deadline = (long) WANTED.getVolatile(this);
    if (deadline == NEVER) {
      return NEVER;
    }
    if (deadline - now <= 0) {
      return now;
    }
    write(ARMED, deadline);
    return deadline;
  }

  private void write(VarHandle field, long value) {
    if (shared) {
      field.setVolatile(this, value);
    } else {
      field.setOpaque(this, value);
    }
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.timeout;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/// One deadline and what to do when it passes.
///
/// A timer is its own list node: whoever needs a deadline (a connection, a stream) creates one
/// timer per deadline it can have at a time, keeps it, and schedules it again and again. Nothing is
/// allocated afterwards. It takes 40 bytes.
///
/// Confined to the thread that owns the [TimerWheel] it is scheduled on; a timer that is not
/// scheduled belongs to nobody and may move to another wheel.
public final class Timer {
  /// Run once per expiry by [TimerWheel#advance]; the timer is unscheduled again by then.
  final Runnable action;

  /// The wheel whose list holds this timer: tells misuse (two wheels) from re-scheduling.
  @Nullable TimerWheel wheel;

  /// Neighbours in the circular list of a slot; the timer itself while it is on no list.
  Timer next = this;

  Timer prev = this;

  /// Index of the list that holds this timer; without meaning while it is on none.
  int slot;

  /// When to fire. May be *later* than the slot says: see "lazily moved" at [TimerWheel].
  long deadlineNanos;

  /// A timer that is not scheduled yet.
  ///
  /// @param action run on the wheel's thread when the deadline has passed; it may schedule and
  ///   cancel any timer of that wheel, this one too, and must not block
  public Timer(Runnable action) {
    this.action = requireNonNull(action, "action");
  }

  /// {@return whether the timer waits for its deadline} False while and after its action runs.
  public boolean isScheduled() {
    return wheel != null;
  }

  /// {@return the deadline last asked for, on the scale of the wheel's ticker} Without meaning
  /// while the timer is not scheduled.
  public long deadlineNanos() {
    return deadlineNanos;
  }

  @Override
  public String toString() {
    return isScheduled() ? "Timer[deadlineNanos=" + deadlineNanos + "]" : "Timer[unscheduled]";
  }
}

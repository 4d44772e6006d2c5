// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

/// A deadline that is set often and rarely passes, and what the loop's timer knows of it.
///
/// The timer is not told of every change. It stays scheduled for the earliest deadline it was told
/// of; when it fires it looks for the present one, and is scheduled again for that. So setting a
/// later deadline, or none, costs a field write, and no message to the loop when the thread that
/// sets it is not the loop's.
///
/// No deadline is forgotten (Dekker): the thread writes `wanted`, then looks at `armed`; the timer
/// clears `armed`, then looks at `wanted`. Either the thread sees that nothing is armed, and arms,
/// or the timer sees the new deadline.
final class LazyDeadline {
  /// No deadline.
  static final long NEVER = Long.MAX_VALUE;

  /// What holds now. Written by the thread that waits.
  private volatile long wanted = NEVER;

  /// The moment at which the timer is known to fire, [#NEVER] if it is not scheduled. Written by
  /// the waiting thread when it arms, by the loop when the timer fires.
  private volatile long armed = NEVER;

  /// Sets the deadline. Waiting thread.
  ///
  /// @return whether the timer must be scheduled for it
  boolean set(long deadline) {
    wanted = deadline;
    if (deadline == NEVER) {
      return false;
    }
    long known = armed;
    if (known != NEVER && known - deadline <= 0) {
      return false; // the timer fires early enough, and looks again
    }
    armed = deadline;
    return true;
  }

  /// There is no deadline any more. Waiting thread.
  void clear() {
    wanted = NEVER;
  }

  /// {@return whether a deadline was ever set and is not cleared}
  boolean isSet() {
    return wanted != NEVER;
  }

  /// The timer fires. Event loop.
  ///
  /// @return when it must be scheduled again; `now` if the deadline has passed; [#NEVER] if there
  ///   is none
  long fire(long now) {
    armed = NEVER;
    long deadline = wanted;
    if (deadline == NEVER) {
      return NEVER;
    }
    if (deadline - now <= 0) {
      return now;
    }
    armed = deadline;
    return deadline;
  }
}

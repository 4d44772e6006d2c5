// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.pool;

import static java.util.Objects.requireNonNull;

import dev.pingora.timeout.Ticker;
import dev.pingora.timeout.Timer;
import dev.pingora.timeout.TimerWheel;

/// What makes connections expire: the timer wheel of the loop that owns the pool.
///
/// An implementation may hand its work to the loop (a timer may then fire a little after it was
/// cancelled, or between two settings; the pool checks), but must keep the order of calls.
public interface IdleTimers {
  /// {@return monotonic time, of the same scale as the deadlines}
  long nanoTime();

  /// Sets or moves the deadline of a timer.
  void schedule(Timer timer, long deadlineNanos);

  /// Takes a timer's deadline away, if it has one.
  void cancel(Timer timer);

  /// {@return timers on a wheel, for a pool whose owner is the wheel's}
  static IdleTimers on(TimerWheel wheel, Ticker ticker) {
    requireNonNull(wheel, "wheel");
    requireNonNull(ticker, "ticker");
    return new IdleTimers() {
      @Override
      public long nanoTime() {
        return ticker.nanoTime();
      }

      @Override
      public void schedule(Timer timer, long deadlineNanos) {
        wheel.schedule(timer, deadlineNanos);
      }

      @Override
      public void cancel(Timer timer) {
        wheel.cancel(timer);
      }
    };
  }
}

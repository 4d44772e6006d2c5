// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.timeout;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// Sleeping and limited calls for blocking code on any thread, virtual or not.
///
/// Engine code on a loop uses the loop's own [TimerWheel] instead; this is for everything beside:
/// health checks, background services, programs of library users. Whoever has another timer may
/// implement this interface with it.
///
/// Thread-safe. Nothing to close: the clock thread behind it is a daemon, starts with the first use
/// and ends when it has had nothing to do for a while.
public interface Timeouts {
  /// Blocks the current thread for at least `duration`; not at all if it is zero or negative.
  ///
  /// @throws InterruptedException if the thread is interrupted before or meanwhile
  void sleep(Duration duration) throws InterruptedException;

  /// Calls `work` on the current thread, which is *interrupted* when `limit` has passed.
  ///
  /// Work that returns is never timed out, however late it does so, and the thread leaves this
  /// method without the interrupt that the limit caused. Work that ignores interrupts is not
  /// limited. Limits may be nested; the shorter one wins.
  ///
  /// An interrupt from elsewhere that comes when the limit has passed already, and before the work
  /// ends, is *lost*: a thread has one flag, which does not tell who has set it. Whoever must be
  /// able to stop a thread for good says so in a variable beside the interrupt.
  ///
  /// @return what the work returns
  /// @throws Elapsed if the work threw something after the limit had passed
  /// @throws Exception what the work threw before that
  <T extends @Nullable Object> T call(Duration limit, Callable<T> work) throws Exception;

  /// {@return timeouts that cost little and are up to 10 ms late, never early}
  ///
  /// One clock thread with a [TimerWheel]. Work that is done within a tick costs two atomic
  /// operations and never touches the wheel.
  static Timeouts coarse(Ticker ticker) {
    return new AlarmTimeouts(new ClockThread(ticker));
  }

  /// {@return timeouts as precise as the virtual machine's, at the price of its timer queues}
  static Timeouts exact() {
    return new AlarmTimeouts(new ExactClock());
  }
}

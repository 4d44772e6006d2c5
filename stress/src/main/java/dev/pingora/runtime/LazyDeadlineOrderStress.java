// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import dev.pingora.timeout.Timer;
import dev.pingora.timeout.TimerWheel;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/// Thread and loop both schedule the timer, for different deadlines: the next deadline of the
/// thread is not passed, whatever it believes to be armed.
///
/// Result: the timer fires in time for the thread's next deadline.
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "In time.")
@Outcome(id = "false", expect = Expect.FORBIDDEN, desc = "Too late.")
@State
public class LazyDeadlineOrderStress {
  private final LazyDeadline deadline = new LazyDeadline(true);
  private final TimerWheel wheel = new TimerWheel(0);
  private final Timer timer = new Timer(() -> {});
  private boolean message;

  /// The timer is about to fire for a wait that is over; the present one lasts until 100.
  public LazyDeadlineOrderStress() {
    deadline.set(10);
    deadline.set(100);
  }

  @Actor
  public void requestThread() {
    message = deadline.set(200);
  }

  @Actor
  public void eventLoop() {
    long next = deadline.fire(10);
    if (next != LazyDeadline.NEVER) {
      schedule(next);
    }
  }

  private void schedule(long moment) {
    if (LazyDeadline.mustMove(timer, moment)) {
      wheel.schedule(timer, moment);
    }
  }

  /// The loop gets the message; then the thread waits until 120.
  @Arbiter
  public void end(Z_Result result) {
    if (message) {
      schedule(200);
    }
    if (deadline.set(120)) {
      schedule(120);
    }
    result.r1 = timer.isScheduled() && timer.deadlineNanos() <= 120;
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/// A thread sets a deadline while the timer fires that an earlier wait has left behind: the thread
/// schedules the timer anew, or the timer sees the deadline.
///
/// Results: the thread schedules the timer; the loop does.
@JCStressTest
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "The thread schedules.")
@Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "The loop schedules.")
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "Both.")
@Outcome(id = "false, false", expect = Expect.FORBIDDEN, desc = "A deadline that never passes.")
@State
public class LazyDeadlineStress {
  private final LazyDeadline deadline = new LazyDeadline(true);

  public LazyDeadlineStress() {
    deadline.set(10);
    deadline.clear();
  }

  @Actor
  public void requestThread(ZZ_Result result) {
    result.r1 = deadline.set(200);
  }

  @Actor
  public void eventLoop(ZZ_Result result) {
    result.r2 = deadline.fire(10) == 200;
  }
}

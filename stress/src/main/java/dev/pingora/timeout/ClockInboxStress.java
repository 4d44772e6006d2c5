// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.timeout;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/// Two threads push an alarm each, one of them being the clock that then empties its inbox: none is
/// lost. (Two actors, not three: jcstress leaves out what needs more processors than there are.)
@JCStressTest
@Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "Both alarms are on the wheel.")
@State
public class ClockInboxStress {
  private static final long LATER = 1_000_000_000;

  private final ClockThread clock = new ClockThread(() -> 0);

  @Actor
  public void owner() {
    clock.push(new Alarm(LATER, false, null));
  }

  @Actor
  public void clock() {
    clock.push(new Alarm(LATER, false, null));
    clock.turn();
  }

  @Arbiter
  public void end(I_Result result) {
    clock.turn();
    result.r1 = clock.scheduled();
  }
}

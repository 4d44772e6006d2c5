// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.timeout;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/// The owner finishes its alarm while the clock fires it: exactly one of the two wins, and both
/// know which.
///
/// Results: the owner found it fired; it has fired.
@JCStressTest
@Outcome(id = "false, false", expect = Expect.ACCEPTABLE, desc = "The owner was first.")
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "The clock was first.")
@State
public class AlarmStress {
  private final Alarm alarm = new Alarm(0, false, null);

  public AlarmStress() {
    alarm.compareAndSetState(Alarm.QUEUED, Alarm.SCHEDULED);
  }

  @Actor
  public void owner(ZZ_Result result) {
    result.r1 = alarm.finish() == Alarm.FIRED;
  }

  @Actor
  public void clock() {
    alarm.fire();
  }

  @Arbiter
  public void end(ZZ_Result result) {
    result.r2 = alarm.hasFired();
  }
}

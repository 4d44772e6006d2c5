// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.timeout;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/// The owner finishes its alarm while the clock takes it from the inbox and fires it: one of the
/// two wins, and an owner that went on undisturbed leaves nothing on the wheel.
///
/// Results: the owner found it fired; it has fired; the wheel is empty in the end.
@JCStressTest
@Outcome(id = "false, false, true", expect = Expect.ACCEPTABLE, desc = "The owner was first.")
@Outcome(id = "true, true, true", expect = Expect.ACCEPTABLE, desc = "The clock was first.")
@State
public class AlarmRemovalStress {
  private final ClockThread clock = new ClockThread(() -> 0);
  private final Alarm alarm = new Alarm(0, false, null);

  public AlarmRemovalStress() {
    clock.push(alarm);
  }

  @Actor
  public void owner(ZZZ_Result result) {
    result.r1 = clock.disarm(alarm);
  }

  @Actor
  public void clock() {
    clock.turn();
  }

  @Arbiter
  public void end(ZZZ_Result result) {
    result.r2 = alarm.hasFired();
    clock.turn();
    result.r3 = clock.scheduled() == 0;
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/// Two attempts begin where one more may: at least one is refused, and refusals leave no trace.
///
/// Results: whether each began; how many are under way.
@JCStressTest
@Outcome(id = "true, false, 1", expect = Expect.ACCEPTABLE, desc = "The first was first.")
@Outcome(id = "false, true, 1", expect = Expect.ACCEPTABLE, desc = "The second was first.")
@State
public class RoomStress {
  private final BackendState state = LoneState.in(LoneState.crowd(Passive.NONE.withMaxRequests(1)));

  @Actor
  public void one(ZZI_Result result) {
    result.r1 = state.started();
  }

  @Actor
  public void other(ZZI_Result result) {
    result.r2 = state.started();
  }

  @Arbiter
  public void end(ZZI_Result result) {
    result.r3 = state.inFlight();
  }
}

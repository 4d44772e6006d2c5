// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// Discovery drops a backend while it is being ejected: it is counted nowhere afterwards.
///
/// Results: ready backends; ejected ones.
@JCStressTest
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "The other one is left.")
@State
public class LeaveStress {
  private final Crowd crowd = LoneState.crowd(LoneState.ejecting(1, 1));
  private final BackendState state = LoneState.in(crowd);
  private final BackendState other = LoneState.in(crowd);

  @Actor
  public void discovery() {
    state.leave();
  }

  @Actor
  public void request() {
    if (state.started()) {
      state.ended(1, 0, LoneState.failure());
    }
  }

  @Arbiter
  public void end(II_Result result) {
    result.r1 = other.isReady() ? crowd.ready() : -1;
    result.r2 = crowd.ejected();
  }
}

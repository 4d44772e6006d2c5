// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IZ_Result;

/// A health check finds a backend ill while an operator takes it out and back in: whatever the
/// order, the count of ready backends is that of the flags.
///
/// Results: ready backends at the end; whether the backend is ready.
@JCStressTest
@Outcome(id = "0, false", expect = Expect.ACCEPTABLE, desc = "It is ill, and was counted out once.")
@State
public class ReadyCountStress {
  private final Crowd crowd = LoneState.crowd(Passive.NONE);
  private final BackendState state = LoneState.in(crowd);

  @Actor
  public void check() {
    state.checked(false, 1, "");
  }

  @Actor
  public void operator() {
    state.set(BackendState.DISABLED, "");
    state.clear(BackendState.DISABLED, "");
  }

  @Arbiter
  public void end(IZ_Result result) {
    result.r1 = crowd.ready();
    result.r2 = state.isReady();
  }
}

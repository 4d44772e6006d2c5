// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/// Two responses of different duration at once: neither is lost, so the slower one counts.
///
/// Result: what is left, in milliseconds; the quick one, when it comes behind, takes off a little.
@JCStressTest
@Outcome(id = "9", expect = Expect.ACCEPTABLE, desc = "The slow one counts.")
@State
public class LatencyStress {
  private final Crowd crowd = LoneState.crowd(Passive.NONE);
  private final BackendState state = LoneState.in(crowd);

  @Actor
  public void quick() {
    state.answered(5_000_000);
  }

  @Actor
  public void slow() {
    state.answered(9_000_000);
  }

  @Arbiter
  public void end(I_Result result) {
    result.r1 = Math.round(state.latency(crowd.now()) / 1_000_000);
  }
}

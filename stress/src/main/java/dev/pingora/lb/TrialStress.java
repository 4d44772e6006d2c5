// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/// Two requests ask an open circuit breaker whose pause is over: one gets the trial.
///
/// Results: whether each may go.
@JCStressTest
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "The first was first.")
@Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "The second was first.")
@State
public class TrialStress {
  private long now = 1;
  private final BackendState state;

  public TrialStress() {
    CircuitBreaker rules = new CircuitBreaker(1, 1, Duration.ofSeconds(1), Duration.ofSeconds(1));
    Crowd crowd = new Crowd(Passive.NONE.withBreaker(rules), () -> now, (_, _, _) -> {});
    state = LoneState.in(crowd);
    state.started();
    state.ended(1, 0, LoneState.failure());
    now += Duration.ofSeconds(1).toNanos();
  }

  @Actor
  public void one(ZZ_Result result) {
    result.r1 = state.admits();
  }

  @Actor
  public void other(ZZ_Result result) {
    result.r2 = state.admits();
  }
}

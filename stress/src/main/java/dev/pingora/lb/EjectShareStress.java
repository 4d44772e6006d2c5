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

/// Two backends fail at once where half may be out: one of them is ejected.
///
/// Result: ejected backends.
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "One was the first.")
@State
public class EjectShareStress {
  private final Crowd crowd = LoneState.crowd(LoneState.ejecting(1, 0.5));
  private final BackendState a = LoneState.in(crowd);
  private final BackendState b = LoneState.in(crowd);

  @Actor
  public void one() {
    a.started();
    a.ended(1, 0, LoneState.failure());
  }

  @Actor
  public void other() {
    b.started();
    b.ended(1, 0, LoneState.failure());
  }

  @Arbiter
  public void end(I_Result result) {
    result.r1 = crowd.ejected();
  }
}

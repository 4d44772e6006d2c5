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

/// Two attempts fail at once where two in a row eject: the backend is ejected, and counted once.
///
/// Results: ejected backends; whether the backend is ready.
@JCStressTest
@Outcome(id = "1, false", expect = Expect.ACCEPTABLE, desc = "Ejected once.")
@State
public class EjectStress {
  private final Crowd crowd = LoneState.crowd(LoneState.ejecting(2, 1));
  private final BackendState state = LoneState.in(crowd);

  private void fail() {
    if (state.started()) {
      state.ended(1, 0, LoneState.failure());
    }
  }

  @Actor
  public void one() {
    fail();
  }

  @Actor
  public void other() {
    fail();
  }

  @Arbiter
  public void end(IZ_Result result) {
    result.r1 = crowd.ejected();
    result.r2 = state.isReady();
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.limits;

import java.util.SplittableRandom;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;

/// A guard counts once more while it is closed: nothing is left behind.
///
/// Results: whether the guard could count, and the count in the end.
@JCStressTest
@Outcome(id = "true, 0", expect = Expect.ACCEPTABLE, desc = "Counted, then closed.")
@Outcome(id = "false, 0", expect = Expect.ACCEPTABLE, desc = "Closed before.")
@State
public class GuardIncrStress {
  private final Inflight inflight = Inflight.of(2, 4, new SplittableRandom(1));
  private final Inflight.Guard guard = inflight.incr("k", 1);

  @Actor
  public void counts(ZI_Result result) {
    try {
      result.r1 = guard.incr() >= 1;
    } catch (IllegalStateException closed) {
      result.r1 = false;
    }
  }

  @Actor
  public void closes() {
    guard.close();
  }

  @Arbiter
  public void end(ZI_Result result) {
    result.r2 = (int) inflight.get("k");
  }
}

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
import org.openjdk.jcstress.infra.results.III_Result;

/// Two threads count the same key: at least one is told 2, and nothing is lost.
///
/// Results: what each was told, and the count in the end.
@JCStressTest
@Outcome(id = "1, 2, 2", expect = Expect.ACCEPTABLE, desc = "One after the other.")
@Outcome(id = "2, 1, 2", expect = Expect.ACCEPTABLE, desc = "One after the other.")
@Outcome(id = "2, 2, 2", expect = Expect.ACCEPTABLE, desc = "At once.")
@State
public class EstimatorStress {
  private final Estimator seen = Estimator.of(4, 16, new SplittableRandom(1));

  @Actor
  public void one(III_Result result) {
    result.r1 = (int) seen.incr(7, 1);
  }

  @Actor
  public void other(III_Result result) {
    result.r2 = (int) seen.incr(7, 1);
  }

  @Arbiter
  public void end(III_Result result) {
    result.r3 = (int) seen.get(7);
  }
}

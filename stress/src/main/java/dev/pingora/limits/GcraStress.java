// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.limits;

import java.time.Duration;
import java.util.SplittableRandom;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/// Two threads take the last token: one gets it.
///
/// Results: whether each got it.
@JCStressTest
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "The one.")
@Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "The other.")
@State
public class GcraStress {
  private final Gcra buckets =
      Gcra.of(1, Duration.ofSeconds(1), 1, new Rows(4, 16, new SplittableRandom(1)), () -> 0);

  @Actor
  public void one(ZZ_Result result) {
    result.r1 = buckets.take(7, 1) == 0;
  }

  @Actor
  public void other(ZZ_Result result) {
    result.r2 = buckets.take(7, 1) == 0;
  }
}

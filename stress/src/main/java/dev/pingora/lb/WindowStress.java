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

/// Two failures at once where two of two open a breaker: exactly one of them is the second.
///
/// Results: whether each was too many.
@JCStressTest
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "The first was the second.")
@Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "The second was the second.")
@State
public class WindowStress {
  private final FailureWindow window =
      new FailureWindow(new CircuitBreaker(1, 2, Duration.ofSeconds(1), Duration.ofSeconds(1)));

  @Actor
  public void one(ZZ_Result result) {
    result.r1 = window.add(5, true);
  }

  @Actor
  public void other(ZZ_Result result) {
    result.r2 = window.add(5, true);
  }
}

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
import org.openjdk.jcstress.infra.results.I_Result;

/// Two threads close the same guard: its count is taken back once.
///
/// Results: the count in the end, another guard of the key being open.
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "Only the other guard's.")
@State
public class GuardCloseStress {
  private final Inflight inflight = Inflight.of(2, 4, new SplittableRandom(1));
  private final Inflight.Guard open = inflight.incr("k", 1);
  private final Inflight.Guard guard = inflight.incr("k", 1);

  @Actor
  public void one() {
    guard.close();
  }

  @Actor
  public void other() {
    guard.close();
  }

  @Arbiter
  public void end(I_Result result) {
    result.r1 = (int) open.current();
  }
}

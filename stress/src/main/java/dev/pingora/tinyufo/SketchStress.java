// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tinyufo;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/// Two threads count the same key: one count may be lost, and no more.
///
/// Results: the guess.
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "One was lost.")
@Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "Both were counted.")
@State
public class SketchStress {
  private final Sketch sketch = new Sketch(8);

  @Actor
  public void one() {
    sketch.increment(7);
  }

  @Actor
  public void other() {
    sketch.increment(7);
  }

  @Arbiter
  public void end(I_Result result) {
    result.r1 = sketch.frequency(7);
  }
}

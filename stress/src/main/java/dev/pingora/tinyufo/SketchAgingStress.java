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

/// Two threads count a key that was seen fourteen times, where all counts are to be halved: that
/// happens once.
///
/// Results: the guess.
@JCStressTest
@Outcome(
    id = "7",
    expect = Expect.ACCEPTABLE,
    desc = "Both counts were lost, or one and the other was halved.")
@Outcome(
    id = "8",
    expect = Expect.ACCEPTABLE,
    desc = "Halved, and counted once; or counted twice, and halved.")
@Outcome(id = "9", expect = Expect.ACCEPTABLE, desc = "Halved, and counted twice.")
@State
public class SketchAgingStress {
  private static final int PERIOD = 4 * 8;

  private final Sketch sketch = new Sketch(8);

  public SketchAgingStress() {
    for (int i = 0; i < 14; i++) {
      sketch.increment(7);
    }
    for (int i = 14; i < PERIOD - 1; i++) {
      sketch.increment(1_000_003);
    }
  }

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

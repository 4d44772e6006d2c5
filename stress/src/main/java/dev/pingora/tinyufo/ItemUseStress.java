// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tinyufo;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// A reader counts a use while a writer changes the weight, which counts as a use too: the reader's
/// may be lost, the weight may not.
///
/// Results: the weight, and the uses.
@JCStressTest
@Outcome(id = "7, 1", expect = Expect.ACCEPTABLE, desc = "The reader's use was lost.")
@Outcome(id = "7, 2", expect = Expect.ACCEPTABLE, desc = "Both are there.")
@State
public class ItemUseStress {
  private final Item<String, String> item = new Item<>("k", "v", 5);

  @Actor
  public void reader() {
    item.use();
  }

  @Actor
  public void writer() {
    item.reweigh(7);
  }

  @Arbiter
  public void end(II_Result result) {
    result.r1 = item.weight();
    result.r2 = item.uses();
  }
}

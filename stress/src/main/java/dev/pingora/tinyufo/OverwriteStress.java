// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tinyufo;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/// A value is replaced by a heavier one while its key is removed: what is held weighs what it was
/// put with.
///
/// Results: the value that was removed, the one that is held, and the total weight; 0 for none.
@JCStressTest
@Outcome(id = "1, 2, 2", expect = Expect.ACCEPTABLE, desc = "Removed, then put.")
@Outcome(id = "2, 0, 0", expect = Expect.ACCEPTABLE, desc = "Replaced, then removed.")
@State
public class OverwriteStress {
  private final TinyUfo<String, Integer> cache = TinyUfo.of(10, 10);

  public OverwriteStress() {
    cache.put("k", 1, 1);
  }

  @Actor
  public void remover(III_Result result) {
    Integer removed = cache.remove("k");
    result.r1 = removed == null ? 0 : removed;
  }

  @Actor
  public void writer() {
    cache.put("k", 2, 2);
  }

  @Arbiter
  public void end(III_Result result) {
    Integer held = cache.get("k");
    result.r2 = held == null ? 0 : held;
    result.r3 = (int) cache.weight();
  }
}

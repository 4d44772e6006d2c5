// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lru;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// An entry gains weight while it is evicted: the totals are those of what is there.
///
/// Results: the weight of what was evicted, and the total in the end.
@JCStressTest
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "Evicted first.")
@Outcome(id = "3, 0", expect = Expect.ACCEPTABLE, desc = "Evicted with what it gained.")
@State
public class LruTotalsStress {
  private final Lru<String, Integer> lru = Lru.of(1, 0);

  public LruTotalsStress() {
    lru.admit("k", 1, 1);
  }

  @Actor
  public void gains() {
    lru.incrementWeight("k", 2, 10);
  }

  @Actor
  public void evicts(II_Result result) {
    result.r1 = (int) lru.evictShard(0).orElseThrow().weight();
  }

  @Arbiter
  public void end(II_Result result) {
    result.r2 = (int) (lru.totals().weight() + lru.shardWeight(0));
  }
}

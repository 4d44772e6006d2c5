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

/// Two threads put where there is room for one, which is taken: the cache is within its capacity
/// afterwards, and who left was told about.
///
/// Results: evicted values, and those held.
@JCStressTest
@Outcome(id = "2, 1", expect = Expect.ACCEPTABLE, desc = "One stays.")
@Outcome(
    id = "3, 0",
    expect = Expect.ACCEPTABLE_INTERESTING,
    desc = "Each made room for itself, and found the other's item to evict.")
@State
public class EvictionStress {
  private final TinyUfo<Integer, Integer> cache = TinyUfo.of(1, 8);
  private int evictedByOne;
  private int evictedByOther;

  public EvictionStress() {
    cache.put(1, 1, 1);
  }

  @Actor
  public void one() {
    evictedByOne = cache.put(2, 2, 1).size();
  }

  @Actor
  public void other() {
    evictedByOther = cache.put(3, 3, 1).size();
  }

  @Arbiter
  public void end(II_Result result) {
    result.r1 = evictedByOne + evictedByOther;
    result.r2 = (int) cache.weight();
  }
}

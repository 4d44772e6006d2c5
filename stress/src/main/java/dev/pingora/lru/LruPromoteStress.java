// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lru;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;

/// An entry is promoted, without a lock if it lies in front, while it is removed: it does not come
/// back.
///
/// Results: whether it was there to promote, and how many entries are left.
@JCStressTest
@Outcome(id = "true, 0", expect = Expect.ACCEPTABLE, desc = "Promoted, then removed.")
@Outcome(id = "false, 0", expect = Expect.ACCEPTABLE, desc = "Removed before.")
@State
public class LruPromoteStress {
  private final Lru<String, Integer> lru = Lru.of(1, 10);

  public LruPromoteStress() {
    lru.admit("k", 1, 1);
    lru.admit("other", 2, 1);
    lru.remove("other");
  }

  @Actor
  public void promotes(ZI_Result result) {
    result.r1 = lru.promoteTopN("k", 1);
  }

  @Actor
  public void removes() {
    lru.remove("k");
  }

  @Arbiter
  public void end(ZI_Result result) {
    result.r2 = lru.entries(0).size() + lru.shardSize(0);
  }
}

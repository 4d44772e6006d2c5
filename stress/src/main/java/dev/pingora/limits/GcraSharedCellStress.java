// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.limits;

import java.time.Duration;
import java.util.SplittableRandom;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/// Two keys that share one of their two cells take from buckets of one token: none gets a second,
/// and none goes without, unless it loses the race for the cell.
///
/// Results: whether each got its token, and whether either gets another.
@JCStressTest
@Outcome(
    id = "true, true, false",
    expect = Expect.ACCEPTABLE,
    desc = "Strangers do not disturb each other.")
@Outcome(
    id = {"true, false, false", "false, true, false"},
    expect = Expect.ACCEPTABLE,
    desc = "One lost the cell to the other when it had raised its own: stricter, never looser.")
@State
public class GcraSharedCellStress {
  private final Rows rows = new Rows(2, 4, new SplittableRandom(1));
  private final Gcra buckets = Gcra.of(1, Duration.ofSeconds(1), 1, rows, () -> 0);
  private final long neighbour = neighbourOf(7);

  private long neighbourOf(long key) {
    long other = key + 1;
    while (shares(key, other, 0) == shares(key, other, 1)) {
      other++;
    }
    return other;
  }

  private boolean shares(long key, long other, int row) {
    return rows.cell(rows.hash(key), row) == rows.cell(rows.hash(other), row);
  }

  @Actor
  public void one(ZZZ_Result result) {
    result.r1 = buckets.take(7, 1) == 0;
  }

  @Actor
  public void other(ZZZ_Result result) {
    result.r2 = buckets.take(neighbour, 1) == 0;
  }

  @Arbiter
  public void end(ZZZ_Result result) {
    result.r3 = buckets.take(7, 1) == 0 || buckets.take(neighbour, 1) == 0;
  }
}

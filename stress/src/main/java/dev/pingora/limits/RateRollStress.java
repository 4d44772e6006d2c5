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
import org.openjdk.jcstress.infra.results.II_Result;

/// Two threads are the first of a new interval: both count in it, and the interval before is kept.
///
/// Results: the count of the new interval, and the rate of the one before.
@JCStressTest
@Outcome(id = "2, 3", expect = Expect.ACCEPTABLE, desc = "Nothing is lost.")
@State
public class RateRollStress {
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private volatile long now;
  private final Rate rate = Rate.of(INTERVAL, 2, 4, () -> now, new SplittableRandom(1));

  public RateRollStress() {
    rate.observe(7, 3);
    now = INTERVAL.toNanos();
  }

  @Actor
  public void one() {
    rate.observe(7, 1);
  }

  @Actor
  public void other() {
    rate.observe(7, 1);
  }

  @Arbiter
  public void end(II_Result result) {
    result.r1 = (int) rate.observe(7, 0);
    result.r2 = (int) rate.rate(7);
  }
}

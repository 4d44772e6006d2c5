// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/// Work is queued for a loop or a carrier that is about to fall asleep: it sees the work in its
/// last look, or is woken.
///
/// Results: whoever queued wakes the sleeper; the sleeper sees the work.
@JCStressTest
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "It is woken.")
@Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "It does not fall asleep.")
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "Both.")
@Outcome(id = "false, false", expect = Expect.FORBIDDEN, desc = "It sleeps over work.")
@State
public class SleepFlagStress {
  private final Queue<Boolean> queue = new ConcurrentLinkedQueue<>();
  private final SleepFlag flag = new SleepFlag();

  @Actor
  public void anybody(ZZ_Result result) {
    queue.add(true);
    result.r1 = flag.take();
  }

  @Actor
  public void sleeper(ZZ_Result result) {
    flag.lieDown();
    result.r2 = !queue.isEmpty();
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/// Two threads have queued work for a sleeper: exactly one of them wakes it, which costs a system
/// call.
///
/// Results: the one wakes; the other wakes.
@JCStressTest
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "The one.")
@Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "The other.")
@State
public class SleepFlagWakersStress {
  private final SleepFlag flag = new SleepFlag();

  public SleepFlagWakersStress() {
    flag.lieDown();
  }

  @Actor
  public void one(ZZ_Result result) {
    result.r1 = flag.take();
  }

  @Actor
  public void other(ZZ_Result result) {
    result.r2 = flag.take();
  }
}

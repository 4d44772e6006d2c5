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

/// One thread adds while another polls: the element comes out once.
///
/// Results: what was polled meanwhile, and what was left; 0 for nothing.
@JCStressTest
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "The consumer was too early.")
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "It was handed over.")
@State
public class FifoStress {
  private final Fifo<Integer> fifo = new Fifo<>();

  @Actor
  public void producer() {
    fifo.add(1);
  }

  @Actor
  public void consumer(II_Result result) {
    Integer polled = fifo.poll();
    result.r1 = polled == null ? 0 : polled;
  }

  @Arbiter
  public void end(II_Result result) {
    Integer left = fifo.poll();
    result.r2 = left == null ? 0 : left;
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tinyufo;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// Two threads poll a queue of two: each gets one.
///
/// Results: what each got.
@JCStressTest
@Outcome(id = "1, 2", expect = Expect.ACCEPTABLE, desc = "In this order.")
@Outcome(id = "2, 1", expect = Expect.ACCEPTABLE, desc = "In the other.")
@State
public class FifoConsumersStress {
  private final Fifo<Integer> fifo = new Fifo<>();

  public FifoConsumersStress() {
    fifo.add(1);
    fifo.add(2);
  }

  @Actor
  public void one(II_Result result) {
    result.r1 = poll();
  }

  @Actor
  public void other(II_Result result) {
    result.r2 = poll();
  }

  private int poll() {
    Integer polled = fifo.poll();
    return polled == null ? 0 : polled;
  }
}

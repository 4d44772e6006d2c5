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

/// Two threads add where an array of the queue ends: both elements are there, in an order.
///
/// Results: what comes out then.
@JCStressTest
@Outcome(id = "1, 2", expect = Expect.ACCEPTABLE, desc = "In this order.")
@Outcome(id = "2, 1", expect = Expect.ACCEPTABLE, desc = "In the other.")
@State
public class FifoSegmentStress {
  private static final int SLOTS_BUT_ONE = 127;

  private final Fifo<Integer> fifo = new Fifo<>();

  public FifoSegmentStress() {
    for (int i = 0; i < SLOTS_BUT_ONE; i++) {
      fifo.add(0);
      fifo.poll();
    }
  }

  @Actor
  public void one() {
    fifo.add(1);
  }

  @Actor
  public void other() {
    fifo.add(2);
  }

  @Arbiter
  public void end(II_Result result) {
    Integer first = fifo.poll();
    Integer second = fifo.poll();
    result.r1 = first == null ? 0 : first;
    result.r2 = second == null ? 0 : second;
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/// The first buffer of an outbox, its ring, its count and its content appear to the event loop all
/// together or not at all. (A slot without a buffer would end the test with an exception.)
///
/// Result: the sum of what the loop sends.
@JCStressTest
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "Nothing yet.")
@Outcome(id = "6", expect = Expect.ACCEPTABLE, desc = "Everything.")
@State
public class OutboxPublicationStress {
  private final Outbox outbox =
      new Outbox(BufferPool.confined(new BufferBudget(BufferPool.BUFFER_BYTES), 2), true);
  private final SummingWire wire = new SummingWire();
  private final Buffer content = new Buffer(4);

  @Actor
  public void requestThread() {
    content.bytes.put((byte) 1).put((byte) 2).put((byte) 3).flip();
    outbox.append(content);
  }

  @Actor
  public void eventLoop(I_Result result) {
    try {
      outbox.drain(wire);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    result.r1 = wire.sum;
  }
}

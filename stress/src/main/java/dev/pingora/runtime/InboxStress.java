// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/// A request thread asks for bytes while the event loop hears that there are some: at least one of
/// the two notices, or the thread would park for ever.
///
/// Results: the thread was told that the socket has something; the loop has delivered.
@JCStressTest
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "The thread tells the loop.")
@Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "The loop delivers.")
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "Both notice.")
@Outcome(id = "false, false", expect = Expect.FORBIDDEN, desc = "A lost wake-up.")
@State
public class InboxStress {
  private static final BufferPool POOL =
      BufferPool.shared(new BufferBudget(16L * BufferPool.BUFFER_BYTES), 16);

  private final Inbox inbox = new Inbox(POOL, true);

  @Actor
  public void requestThread(ZZ_Result result) {
    result.r1 = inbox.ask();
  }

  @Actor
  public void eventLoop(ZZ_Result result) {
    inbox.markReadable();
    result.r2 = inbox.deliver(EndedWire.INSTANCE, true);
  }
}

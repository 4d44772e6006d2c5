// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/// A connection goes to rest while the event loop hears that bytes came: exactly one of the two
/// goes on with it.
///
/// Results: the connection is at rest, as the thread sees it; the loop has woken it.
@JCStressTest
@Outcome(id = "false, false", expect = Expect.ACCEPTABLE, desc = "The thread saw it in time.")
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "At rest, then woken.")
@Outcome(id = "true, false", expect = Expect.FORBIDDEN, desc = "Nobody serves what came.")
@Outcome(id = "false, true", expect = Expect.FORBIDDEN, desc = "Both serve it.")
@State
public class InboxRestStress {
  private static final BufferPool POOL =
      BufferPool.shared(new BufferBudget(16L * BufferPool.BUFFER_BYTES), 16);

  private final Inbox inbox = new Inbox(POOL);

  @Actor
  public void requestThread(ZZ_Result result) {
    result.r1 = inbox.rest();
  }

  @Actor
  public void eventLoop(ZZ_Result result) {
    inbox.markReadable();
    result.r2 = inbox.wake();
  }
}

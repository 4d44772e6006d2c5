// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/// A connection goes to rest while the event loop hears that bytes came: the loop wakes it, or the
/// thread sees that it must tell the loop to look once more.
///
/// Results: the thread tells the loop; the loop has woken the connection.
@JCStressTest
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "The thread tells the loop.")
@Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "The loop wakes it.")
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "Both: the loop finds it awake.")
@Outcome(id = "false, false", expect = Expect.FORBIDDEN, desc = "Nobody serves what came.")
@State
public class InboxRestStress {
  private static final BufferPool POOL =
      BufferPool.shared(new BufferBudget(16L * BufferPool.BUFFER_BYTES), 16);

  private final Inbox inbox = new Inbox(POOL, true);

  @Actor
  public void requestThread(ZZ_Result result) {
    result.r1 = !inbox.rest() || inbox.isReadable();
  }

  @Actor
  public void eventLoop(ZZ_Result result) {
    inbox.markReadable();
    result.r2 = inbox.wake();
  }
}

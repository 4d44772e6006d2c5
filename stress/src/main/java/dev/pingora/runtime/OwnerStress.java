// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import dev.pingora.error.ErrorSource;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/// A thread takes a connection over while the event loop delivers to it: the thread sees what has
/// come, or is signalled.
///
/// Results: the thread sees it; the loop finds an owner to signal.
@JCStressTest
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "The thread sees it.")
@Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "The thread is signalled.")
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "Both.")
@Outcome(id = "false, false", expect = Expect.FORBIDDEN, desc = "An owner that waits for ever.")
@State
public class OwnerStress {
  private static final BufferPool POOL =
      BufferPool.shared(new BufferBudget(16L * BufferPool.BUFFER_BYTES), 16);
  private static final InetSocketAddress NOWHERE =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

  /// Only lends its name: neither it nor the thread has anything to do.
  private static final Loop LOOP =
      LoopGroup.open(LoopGroupOptions.of("stress", 1).withWorkStealing(true)).loops().getFirst();

  private static final RequestThread THREAD = new RequestThread(LOOP, _ -> {});

  private final Connection connection =
      new Connection(LOOP, EndedWire.INSTANCE, ErrorSource.DOWNSTREAM, NOWHERE, NOWHERE);

  /// In place of the connection's own, which asks the real event loop.
  private final Inbox inbox = new Inbox(POOL, true);

  public OwnerStress() {
    inbox.markReadable();
    inbox.ask();
  }

  @Actor
  public void requestThread(ZZ_Result result) {
    connection.attach(THREAD);
    result.r1 = inbox.isOver();
  }

  @Actor
  public void eventLoop(ZZ_Result result) {
    inbox.deliver(EndedWire.INSTANCE, true);
    result.r2 = connection.signalOwner();
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/// A request thread finds its outbox full and is about to park while the event loop sends just as
/// much of it as makes room: the thread sees the room or is woken, or it would park for ever.
///
/// Results: the thread sees room in its last look; the loop wakes it.
@JCStressTest
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "The thread sees the room.")
@Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "The loop wakes the thread.")
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "Both.")
@Outcome(id = "false, false", expect = Expect.FORBIDDEN, desc = "A lost wake-up.")
@State
public class OutboxStress {
  /// Slots in use that leave no room for more.
  private static final int FULL = Outbox.SLOTS - 2;

  /// The cheap pool, so that nothing slows the loop down between its progress and its last look.
  /// Actors and arbiter do not run at the same time on it.
  private static final BufferPool POOL =
      BufferPool.confined(new BufferBudget(BufferPool.BUFFER_BYTES), 1 << 20);

  /// How many of them are sent: few, so that both sides come to their last look together.
  private static final int SENT = FULL - Outbox.SLOTS / 2;

  /// Shared by all outboxes: it has no content that could be sent twice.
  private static final Buffer EMPTY = new Buffer(0);

  /// Never sent, hence never changed.
  private static final Buffer STUCK = new Buffer(1);

  private final Outbox outbox = new Outbox(POOL, true);

  public OutboxStress() {
    for (int i = 0; i < FULL; i++) {
      outbox.append(i < SENT ? EMPTY : STUCK);
    }
  }

  @Actor
  public void requestThread(ZZ_Result result) {
    outbox.awaitRoom();
    result.r1 = outbox.hasRoom();
  }

  @Actor
  public void eventLoop(ZZ_Result result) {
    try {
      outbox.drain(EndedWire.INSTANCE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    result.r2 = outbox.releaseWaiter();
  }

  @Arbiter
  @SuppressWarnings("unused") // jcstress wants the result here too
  public void end(ZZ_Result result) {
    // What drain() gave back, or the pool would grow with every round.
    for (int i = 0; i < SENT; i++) {
      POOL.take();
    }
  }
}

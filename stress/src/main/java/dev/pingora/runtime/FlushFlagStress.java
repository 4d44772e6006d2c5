// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/// A request thread hands a buffer over while the event loop begins a flush that was queued before:
/// the thread queues another one, or this one sees the buffer.
///
/// Results: the thread queues the connection; the loop sees the buffer.
@JCStressTest
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "The thread queues a flush.")
@Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "The flush under way sees it.")
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "Both.")
@Outcome(id = "false, false", expect = Expect.FORBIDDEN, desc = "Output that is never sent.")
@State
public class FlushFlagStress {
  private static final VarHandle WRITTEN;

  static {
    try {
      WRITTEN = MethodHandles.lookup().findVarHandle(FlushFlagStress.class, "written", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /// In place of the outbox's index, and accessed like it.
  @SuppressWarnings("UnusedVariable") // accessed through WRITTEN
  private int written;

  private final FlushFlag flag = new FlushFlag(true);

  public FlushFlagStress() {
    flag.raise();
  }

  @Actor
  public void requestThread(ZZ_Result result) {
    WRITTEN.setRelease(this, 1);
    result.r1 = flag.raise();
  }

  @Actor
  public void eventLoop(ZZ_Result result) {
    flag.lower();
    result.r2 = (int) WRITTEN.getAcquire(this) == 1;
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Whether a connection waits in the loop's queue for a flush, so that it is in it at most once.
///
/// Nothing handed over is forgotten (Dekker): the request thread writes (to the outbox, or that the
/// connection closes), then raises the flag; the loop lowers the flag, then looks at what was
/// written. If the flag was up already, the loop has yet to lower it, and will see. Where both run
/// on one OS thread there is nothing to order.
final class FlushFlag {
  private static final VarHandle RAISED;

  static {
    try {
      RAISED = MethodHandles.lookup().findVarHandle(FlushFlag.class, "raised", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /// Request thread and loop may be on different OS threads.
  private final boolean shared;

  private boolean raised;

  FlushFlag(boolean shared) {
    this.shared = shared;
  }

  /// {@return whether the caller must queue the connection} Request thread, after it wrote.
  boolean raise() {
    if (!shared) {
      boolean first = !raised;
      raised = true;
      return first;
    }
    VarHandle.fullFence(); // what was written by release is before the look at the flag
    return RAISED.compareAndSet(this, false, true);
  }

  /// The loop begins a flush, and looks after this.
  void lower() {
    if (shared) {
      RAISED.setVolatile(this, false);
      VarHandle.fullFence(); // before the acquiring looks that follow
    } else {
      raised = false;
    }
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Whether a thread sleeps, or is about to, so that whoever queues work for it knows that it must
/// be woken.
///
/// No wake-up is lost (Dekker): the sleeper raises the flag, then looks at its queues once more;
/// the others queue, then look at the flag. Both are volatile accesses, so at least one sees the
/// other. And only one of the others wakes: the flag is taken down with a compare-and-set.
final class SleepFlag {
  private static final VarHandle ASLEEP;

  static {
    try {
      ASLEEP = MethodHandles.lookup().findVarHandle(SleepFlag.class, "asleep", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private volatile boolean asleep;

  /// The sleeper lies down. It must look at its queues after this, and sleep only if they are
  /// empty.
  void lieDown() {
    asleep = true;
  }

  /// The sleeper is up.
  void getUp() {
    asleep = false;
  }

  /// {@return whether the caller must wake the sleeper} Called after something was queued.
  boolean take() {
    return asleep && ASLEEP.compareAndSet(this, true, false);
  }
}

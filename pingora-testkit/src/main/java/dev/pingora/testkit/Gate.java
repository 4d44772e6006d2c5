// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A point that one thread may not pass before another opens it: what a test has instead of a
/// sleep. Once open it stays open. Thread-safe.
public final class Gate {
  /// How long anything in this package waits unless told otherwise. Ample: it passes only in a test
  /// that fails.
  public static final Duration PATIENCE = Duration.ofSeconds(30);

  private final String name;
  private final CountDownLatch latch = new CountDownLatch(1);

  /// A closed gate.
  ///
  /// @param name what is waited for, said in the failure
  public Gate(String name) {
    this.name = name;
  }

  /// Lets everyone pass, now and later.
  public void open() {
    latch.countDown();
  }

  /// {@return whether [#open] was called}
  public boolean isOpen() {
    return latch.getCount() == 0;
  }

  /// Waits until the gate is open, for [#PATIENCE] at most.
  public void await() {
    await(PATIENCE);
  }

  /// Waits until the gate is open.
  ///
  /// @throws AssertionError if it does not open in time, or this thread is interrupted
  public void await(Duration patience) {
    try {
      if (!latch.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new AssertionError("gate '" + name + "' did not open within " + patience);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted at gate '" + name + "'", e);
    }
  }
}

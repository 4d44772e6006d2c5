// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Waits for what nobody announces: state of another process or of the kernel. Where an event can
/// be had, [Gate] and [Events] are better.
public final class Eventually {
  /// How long one look at the condition is from the next.
  private static final Duration INTERVAL = Duration.ofMillis(2);

  private Eventually() {}

  /// Returns as soon as the condition holds, within [Gate#PATIENCE].
  public static void holds(String what, BooleanSupplier condition) {
    holds(Gate.PATIENCE, () -> what, condition);
  }

  /// Returns as soon as the condition holds.
  ///
  /// @throws AssertionError with the message, if it does not within `patience`
  public static void holds(Duration patience, Supplier<String> message, BooleanSupplier condition) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (deadline - System.nanoTime() < 0 || Thread.currentThread().isInterrupted()) {
        throw new AssertionError("not within " + patience + ": " + message.get());
      }
      LockSupport.parkNanos(INTERVAL.toNanos());
    }
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.server;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Tells services and apps that the server stops. Turns from false to true once, never back.
/// Thread-safe.
public final class ShutdownWatch {
  private final CountDownLatch latch = new CountDownLatch(1);
  private volatile boolean shuttingDown;

  /// A watch of a server that runs.
  public ShutdownWatch() {}

  /// {@return whether the server is stopping}
  public boolean isShuttingDown() {
    return shuttingDown;
  }

  /// Waits for the shutdown.
  ///
  /// @return false when the time is over before
  public boolean await(long time, TimeUnit unit) throws InterruptedException {
    return latch.await(time, unit);
  }

  /// Waits for the shutdown.
  public void await() throws InterruptedException {
    latch.await();
  }

  /// Announces the shutdown; by the server, or by a test.
  public void begin() {
    shuttingDown = true;
    latch.countDown();
  }
}

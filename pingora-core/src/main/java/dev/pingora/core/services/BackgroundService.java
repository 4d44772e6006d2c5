// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.services;

import dev.pingora.core.server.ServerRuntime;
import dev.pingora.core.server.ShutdownWatch;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A task beside the traffic, on a virtual thread of its own that may block.
public final class BackgroundService implements Service {
  private static final System.Logger LOG = System.getLogger("dev.pingora.core");

  private final String name;
  private final Task task;
  private volatile @Nullable Thread thread;

  private BackgroundService(String name, Task task) {
    this.name = name;
    this.task = task;
  }

  /// What runs in the background, until it returns or the shutdown comes.
  @FunctionalInterface
  public interface Task {
    /// Learns of the server it will run on. Called once before [#run], on the thread that runs the
    /// server, which waits for it: services that start later may rely on what it does.
    ///
    /// @throws Exception ends the server before it begins
    default void start(ServerRuntime runtime) throws Exception {}

    /// Runs once. A graceful end of the server waits for it to return, at most for the grace
    /// period; then, and at once by a fast end, its thread is interrupted.
    void run(ShutdownWatch shutdown) throws Exception;
  }

  /// {@return a service that runs `task` once}
  public static BackgroundService of(String name, Task task) {
    return new BackgroundService(name, task);
  }

  /// {@return a service that runs `task` now and then `period` after the end of each run}
  ///
  /// A run that fails is logged and does not end the service.
  public static BackgroundService every(String name, Duration period, Task task) {
    if (period.isNegative() || period.isZero()) {
      throw new IllegalArgumentException(name + ": period " + period + " (expected: above 0)");
    }
    return new BackgroundService(
        name,
        shutdown -> {
          do {
            runOnce(name, task, shutdown);
          } while (!shutdown.await(period.toNanos(), TimeUnit.NANOSECONDS));
        });
  }

  private static void runOnce(String name, Task task, ShutdownWatch shutdown)
      throws InterruptedException {
    try {
      task.run(shutdown);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      LOG.log(System.Logger.Level.WARNING, "background service " + name + " failed", e);
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void start(ServerRuntime runtime) throws Exception {
    task.start(runtime);
    thread =
        Thread.ofVirtual().name("background-" + name).start(() -> run(runtime.shutdownWatch()));
  }

  private void run(ShutdownWatch shutdown) {
    try {
      task.run(shutdown);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      LOG.log(System.Logger.Level.ERROR, "background service " + name + " ended badly", e);
    }
  }

  /// A graceful end waits for the task: it has heard of the shutdown and may have something to
  /// finish.
  @Override
  public int inFlight() {
    Thread running = thread;
    return running != null && running.isAlive() ? 1 : 0;
  }

  @Override
  public void cleanup() {
    Thread running = thread;
    if (running != null) {
      running.interrupt();
    }
  }
}

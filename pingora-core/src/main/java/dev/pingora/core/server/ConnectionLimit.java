// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.server;

import dev.pingora.runtime.Listening;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// The bound on downstream connections of a server (`max_connections`): above it accepting pauses,
/// and clients wait in the kernel's queue. Thread-safe.
public final class ConnectionLimit {
  private static final System.Logger LOG = System.getLogger("dev.pingora.core");

  private final int max;
  private final int resumeAt;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicBoolean paused = new AtomicBoolean();
  private final List<Listening> governed = new CopyOnWriteArrayList<>();

  /// @param max connections, at least 1
  public ConnectionLimit(int max) {
    if (max < 1) {
      throw new IllegalArgumentException("max_connections: " + max + " (expected: 1 or more)");
    }
    this.max = max;
    this.resumeAt = max - Math.max(1, max / 50);
  }

  /// {@return what the descriptor limit allows: each client may need an upstream connection, and
  /// some descriptors are the process's own}
  public static int fromDescriptorLimit(long descriptors) {
    return Math.clamp((descriptors - 200) / 2, 16, 1_000_000);
  }

  public int max() {
    return max;
  }

  /// {@return open downstream connections}
  public int open() {
    return open.get();
  }

  /// Pauses and resumes this listener with the others.
  public void govern(Listening listening) {
    governed.add(listening);
  }

  /// A connection was accepted.
  public void opened() {
    if (open.incrementAndGet() >= max && paused.compareAndSet(false, true)) {
      LOG.log(System.Logger.Level.WARNING, "{0} connections: accepting pauses", max);
      governed.forEach(Listening::pause);
    }
  }

  /// A connection has closed.
  public void closed() {
    if (open.decrementAndGet() <= resumeAt && paused.compareAndSet(true, false)) {
      governed.forEach(Listening::resume);
    }
  }
}

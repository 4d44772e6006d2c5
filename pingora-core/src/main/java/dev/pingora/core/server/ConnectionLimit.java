// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.server;

import dev.pingora.runtime.Listening;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/// The bound on downstream connections of a server (`max_connections`): above it accepting pauses,
/// and clients wait in the kernel's queue. Listeners of several loops may take a few more before
/// they all heard of it. Thread-safe.
///
/// Guarded by `lock`: the order in which listeners are told to pause and to resume, so that the
/// last word they hear is the one that holds. It is taken when the limit is crossed, not for every
/// connection; never by request threads.
public final class ConnectionLimit {
  private static final System.Logger LOG = System.getLogger("dev.pingora.core");

  /// One line a minute at most, however often the limit is crossed.
  private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final int max;
  private final int resumeAt;
  private final AtomicInteger open = new AtomicInteger();
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Listening> governed = new ArrayList<>();
  private volatile boolean paused;
  private long quietUntil = System.nanoTime();

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
    lock.lock();
    try {
      governed.add(listening);
      if (paused) {
        listening.pause();
      }
    } finally {
      lock.unlock();
    }
  }

  /// A connection was accepted.
  public void opened() {
    if (open.incrementAndGet() >= max && !paused) {
      tell();
    }
  }

  /// A connection has closed.
  public void closed() {
    if (open.decrementAndGet() <= resumeAt && paused) {
      tell();
    }
  }

  /// Looks at the count once more after each change: who has moved it meanwhile, and saw the old
  /// state, relies on that.
  private void tell() {
    boolean newly = false;
    lock.lock();
    try {
      while (paused ? open.get() <= resumeAt : open.get() >= max) {
        paused = !paused;
        newly |= paused && System.nanoTime() - quietUntil >= 0;
        governed.forEach(paused ? Listening::pause : Listening::resume);
      }
      if (newly) {
        quietUntil = System.nanoTime() + QUIET_NANOS;
      }
    } finally {
      lock.unlock();
    }
    if (newly) {
      LOG.log(System.Logger.Level.WARNING, "{0} connections: accepting pauses", max);
    }
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.pool;

import java.util.concurrent.atomic.AtomicLongArray;

/// The counters of a pool: written by one thread at a time (the pool's owner, or the holder of its
/// lock), read by any. An opaque store is a plain one that readers see whole and in the end.
final class Counters {
  private static final int IDLE = 0;
  private static final int HITS = 1;
  private static final int MISSES = 2;
  private static final int EVICTIONS = 3;
  private static final int EXPIRATIONS = 4;
  private static final int REMOVALS = 5;
  private static final int REFUSALS = 6;

  private final AtomicLongArray cells = new AtomicLongArray(REFUSALS + 1);

  void idle(int now) {
    cells.setOpaque(IDLE, now);
  }

  void hit() {
    increment(HITS);
  }

  void miss() {
    increment(MISSES);
  }

  void evicted() {
    increment(EVICTIONS);
  }

  void expired() {
    increment(EXPIRATIONS);
  }

  void removed() {
    increment(REMOVALS);
  }

  void refused() {
    increment(REFUSALS);
  }

  private void increment(int cell) {
    cells.setOpaque(cell, cells.getPlain(cell) + 1);
  }

  PoolStats stats() {
    return new PoolStats(
        (int) read(IDLE),
        read(HITS),
        read(MISSES),
        read(EVICTIONS),
        read(EXPIRATIONS),
        read(REMOVALS),
        read(REFUSALS));
  }

  private long read(int cell) {
    return cells.getOpaque(cell);
  }
}

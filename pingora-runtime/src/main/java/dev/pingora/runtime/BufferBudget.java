// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.util.concurrent.atomic.AtomicLong;

/// The bound on all I/O buffers of a server (`limits: buffered_bytes`), shared by its loops.
///
/// Above it no further input is read until buffers come back; output that is already under way is
/// still allowed, so that a full budget always drains.
public final class BufferBudget {
  private final long limit;
  private final AtomicLong reserved = new AtomicLong();

  /// @param limit bytes, at least one buffer (64 KiB)
  public BufferBudget(long limit) {
    if (limit < BufferPool.BUFFER_BYTES) {
      throw new IllegalArgumentException(
          "buffered_bytes: " + limit + " (expected: at least " + BufferPool.BUFFER_BYTES + ")");
    }
    this.limit = limit;
  }

  /// {@return bytes of buffers alive, free or in use}
  public long reserved() {
    return reserved.get();
  }

  public long limit() {
    return limit;
  }

  /// {@return whether new work should be refused, as the buffers are spent}
  public boolean exhausted() {
    return reserved.get() >= limit;
  }

  boolean reserve(int bytes) {
    if (reserved.addAndGet(bytes) <= limit) {
      return true;
    }
    reserved.addAndGet(-bytes);
    return false;
  }

  void reserveAlways(int bytes) {
    reserved.addAndGet(bytes);
  }

  void giveBack(int bytes) {
    reserved.addAndGet(-bytes);
  }
}

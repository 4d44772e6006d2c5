// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import static java.util.Objects.requireNonNull;

/// How a server's loops are made.
///
/// @param name prefix of thread names
/// @param loops event loops, at least 1
/// @param workStealing request threads on the JDK's scheduler instead of bound to their loop
/// @param transport which system interface
/// @param bufferedBytes bound on all I/O buffers
/// @param maxOffloadThreads platform threads for [RequestThread#offload]
/// @param offloadIdleNanos how long such a thread waits for more work
public record LoopGroupOptions(
    String name,
    int loops,
    boolean workStealing,
    TransportKind transport,
    long bufferedBytes,
    int maxOffloadThreads,
    long offloadIdleNanos) {
  public static final long DEFAULT_BUFFERED_BYTES = 256L << 20;
  public static final int DEFAULT_OFFLOAD_THREADS = 512;
  public static final long DEFAULT_OFFLOAD_IDLE_NANOS = 10_000_000_000L;

  public LoopGroupOptions {
    requireNonNull(name, "name");
    requireNonNull(transport, "transport");
    if (loops < 1 || loops > 1024) {
      throw new IllegalArgumentException("threads: " + loops + " (expected: 1..1024)");
    }
    if (maxOffloadThreads < 1) {
      throw new IllegalArgumentException(
          "max_blocking_threads: " + maxOffloadThreads + " (expected: 1 or more)");
    }
  }

  /// Bound threads, the best transport, default bounds.
  public static LoopGroupOptions of(String name, int loops) {
    return new LoopGroupOptions(
        name,
        loops,
        false,
        TransportKind.AUTO,
        DEFAULT_BUFFERED_BYTES,
        DEFAULT_OFFLOAD_THREADS,
        DEFAULT_OFFLOAD_IDLE_NANOS);
  }

  public LoopGroupOptions withWorkStealing(boolean stealing) {
    return new LoopGroupOptions(
        name, loops, stealing, transport, bufferedBytes, maxOffloadThreads, offloadIdleNanos);
  }

  public LoopGroupOptions withTransport(TransportKind kind) {
    return new LoopGroupOptions(
        name, loops, workStealing, kind, bufferedBytes, maxOffloadThreads, offloadIdleNanos);
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// Connections on their way from request threads to the event loop: a plain queue when the threads
/// are bound to the loop, a lock-free one when they run anywhere. A connection is in it at most
/// once (the caller's flag sees to that), which bounds it.
final class Handoff {
  private final Queue<ConnectionIo> queue;

  Handoff(boolean bound) {
    queue = bound ? new ArrayDeque<>() : new ConcurrentLinkedQueue<>();
  }

  void add(ConnectionIo connection) {
    queue.add(connection);
  }

  @Nullable ConnectionIo poll() {
    return queue.poll();
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import dev.pingora.core.protocols.ContentSink;
import dev.pingora.error.ProxyException;
import dev.pingora.runtime.RequestThread;
import java.util.function.Supplier;

/// Waiting for one thing only, where nothing else can go on meanwhile.
final class Waits {
  private Waits() {}

  /// Waits until a sink has room; what was written is flushed first. Progress renews the deadline.
  static void room(
      RequestThread thread, ContentSink sink, long nanos, Supplier<ProxyException> late)
      throws ProxyException {
    if (sink.hasRoom()) {
      return;
    }
    sink.flush();
    long pending = sink.pending();
    long deadline = thread.loop().deadlineIn(nanos);
    while (!sink.hasRoom()) {
      sink.wantRoom();
      boolean inTime = sink.hasRoom() || thread.await(deadline);
      if (sink.pending() != pending) {
        pending = sink.pending();
        deadline = thread.loop().deadlineIn(nanos);
      } else if (!inTime) {
        throw late.get();
      }
    }
  }
}

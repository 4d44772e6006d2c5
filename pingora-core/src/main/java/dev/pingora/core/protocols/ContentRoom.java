// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.protocols;

import dev.pingora.error.ProxyException;
import dev.pingora.runtime.RequestThread;
import java.util.function.Supplier;

/// Waiting for room to write, where nothing else can go on meanwhile.
public final class ContentRoom {
  private ContentRoom() {}

  /// Waits until a sink has room; what was written is flushed first. Progress renews the deadline.
  ///
  /// @param thread the request thread of the sink's session, which calls this
  /// @param nanos longest wait without progress, 0 = no limit
  /// @param late what is thrown when the wait was in vain
  public static void await(
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

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.connectors;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.runtime.RequestThread;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// One look-up under way, and the request threads that wait for it: however many want a name, it is
/// asked for once. `answer` is written once and then never again.
final class NameLookup {
  private final String name;
  private final Queue<RequestThread> waiters = new ConcurrentLinkedQueue<>();
  private volatile @Nullable NameAnswer answer;

  NameLookup(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  void complete(NameAnswer result) {
    answer = result;
    waiters.forEach(RequestThread::signal);
  }

  /// {@return the answer, once it is there} A thread that gives up leaves the look-up to the
  /// others.
  NameAnswer await(RequestThread thread, long deadline) throws ProxyException {
    waiters.add(thread);
    try {
      NameAnswer came = answer;
      while (came == null) {
        boolean inTime = thread.await(deadline);
        came = answer;
        if (!inTime && came == null) {
          throw ProxyException.upstream(ErrorKind.CONNECT_TIMEOUT, "looking up %s", name);
        }
      }
      return came;
    } finally {
      waiters.remove(thread);
    }
  }
}

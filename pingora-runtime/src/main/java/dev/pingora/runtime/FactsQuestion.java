// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import dev.pingora.error.ProxyException;
import org.jspecify.annotations.Nullable;

/// A request thread's question to the event loop about a socket. `facts` is written before `done`
/// (volatile) and read after it.
final class FactsQuestion {
  private final Connection connection;
  private final RequestThread asker;
  private @Nullable SocketFacts facts;
  private volatile boolean done;

  FactsQuestion(Connection connection, RequestThread asker) {
    this.connection = connection;
    this.asker = asker;
  }

  @Nullable SocketFacts ask() throws ProxyException {
    if (!connection.loop().post(this::answer)) {
      return null;
    }
    while (!done) {
      asker.await(RequestThread.NEVER); // the next turn answers
    }
    return facts;
  }

  private void answer() {
    try {
      facts = connection.io().facts();
    } finally {
      done = true;
      asker.signal();
    }
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;

/// Runs a phase of the user's: whatever it throws becomes a [ProxyException], 500 if it was none.
final class Guard {
  private Guard() {}

  /// A phase.
  interface Phase {
    void run() throws Exception;
  }

  static void run(String name, Phase phase) throws ProxyException {
    try {
      phase.run();
    } catch (Exception e) {
      throw failure(name, e);
    }
  }

  static ProxyException failure(String name, Exception thrown) {
    if (thrown instanceof ProxyException e) {
      return e;
    }
    if (thrown instanceof InterruptedException) {
      Thread.currentThread().interrupt();
      return ProxyException.explain(ErrorKind.CANCELLED, thrown, "%s was interrupted", name);
    }
    return ProxyException.explain(ErrorKind.INTERNAL_ERROR, thrown, "%s threw", name);
  }
}

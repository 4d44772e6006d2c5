// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import dev.pingora.core.server.ServerRuntime;
import dev.pingora.runtime.RequestThread;
import java.time.Duration;

/// Asks a backend whether it is well.
public interface HealthCheck {
  /// Asks once, on a request thread: waits in the engine's waits only. Cancelled after [#timeout].
  ///
  /// @throws Exception when the backend is not well; its message says why
  void check(Backend backend, RequestThread thread, ServerRuntime runtime) throws Exception;

  /// {@return the time between two rounds, about: a tenth more or less, so that proxies drift
  /// apart}
  default Duration every() {
    return Duration.ofSeconds(5);
  }

  /// {@return the longest time that one check may take, whatever it does}
  default Duration timeout() {
    return Duration.ofSeconds(2);
  }

  /// {@return results in a row that change the state of a backend}
  ///
  /// @param well the results
  default int threshold(boolean well) {
    return 1;
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import dev.pingora.core.server.ServerRuntime;
import dev.pingora.runtime.RequestThread;
import java.time.Duration;

/// Asks a backend whether it is well.
///
/// One of one's own goes through the server's connector, whose waits end when the time is over:
///
/// ```java
/// final class ReadyCheck implements HealthCheck {
///   public void check(Backend backend, RequestThread thread, ServerRuntime runtime)
///       throws Exception {
///     UpstreamSession session = runtime.connector().connect(thread, HttpPeer.http(backend));
///     try {
///       session.sendRequest(RequestHeader.of("GET", "/load").set("Host", "app.test"), true);
///       session.requestContent().flush();
///       ResponseHeader answer = session.pollResponse();
///       while (answer == null || answer.status() < 200) { // 1xx come before (RFC 9110 §15.2)
///         if (answer == null) {
///           thread.await(RequestThread.NEVER); // check's time is bounded by timeout()
///         }
///         answer = session.pollResponse();
///       }
///       if (answer.headers().contains("X-Busy")) {
///         throw new IOException("it is busy"); // what the log and BalancerStatus say
///       }
///     } finally {
///       session.abort(); // the connection is not used again
///     }
///   }
/// }
/// ```
///
/// Thread-safe: [16][BalancerBuilder#parallelChecks] backends are asked at the same time, on any
/// loops.
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

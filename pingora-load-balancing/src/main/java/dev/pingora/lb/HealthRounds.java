// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import dev.pingora.core.server.ShutdownWatch;
import java.util.List;
import java.util.concurrent.Semaphore;

/// Rounds of health checks: every backend once, some of them at the same time.
///
/// One round at a time, by the balancer's background thread; each check on a virtual thread that
/// waits for a loop. A check that hangs is given up after its timeout and counts as a failure, so a
/// round takes at most `timeout · ⌈backends / parallel⌉`.
final class HealthRounds<S extends Selection> {
  private final String name;
  private final Backends<S> backends;
  private final int parallel;

  HealthRounds(String name, Backends<S> backends, int parallel) {
    this.name = name;
    this.backends = backends;
    this.parallel = parallel;
  }

  /// Runs a round; ends early by a shutdown.
  void run(HealthCheck check, LoopCalls loops, ShutdownWatch shutdown) throws InterruptedException {
    List<Backend> all = backends.current().backends();
    Semaphore places = new Semaphore(parallel);
    for (Backend backend : all) {
      if (shutdown.isShuttingDown()) {
        break;
      }
      places.acquire();
      Thread.ofVirtual()
          .name("check-" + name)
          .start(() -> {
            try {
              check(check, backend, loops);
            } finally {
              places.release();
            }
          });
    }
    places.acquire(parallel); // until the last has ended
  }

  private static void check(HealthCheck check, Backend backend, LoopCalls loops) {
    BackendState state = backend.state();
    if (state == null) {
      return;
    }
    String why = "";
    boolean well = false;
    try {
      loops.call(
          check.timeout(),
          (thread, runtime) -> {
            check.check(backend, thread, runtime);
            return true;
          });
      well = true;
    } catch (Exception e) {
      why = e.getMessage() == null ? e.toString() : e.getMessage();
    }
    state.checked(well, check.threshold(well), why);
  }
}

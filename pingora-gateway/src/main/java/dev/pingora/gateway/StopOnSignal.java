// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.server.ExecutionPhase;
import dev.pingora.core.server.Server;
import dev.pingora.core.server.Shutdown;
import dev.pingora.runtime.Signal;
import dev.pingora.runtime.Signals;

/// Stops a server when the process is asked to end: by SIGTERM, SIGINT or SIGQUIT gracefully, which
/// waits until the last request has ended, or the grace period has; by a second one at once. The
/// process then ends by itself, with exit code 0.
///
/// Where signals cannot be read (not started by `./pingora`, or not on Linux) the JVM's shutdown
/// does the same for the first SIGTERM or SIGINT; it has an exit code of its own then, and knows no
/// second signal.
final class StopOnSignal {
  private static final System.Logger LOG = System.getLogger("dev.pingora.gateway");

  private final Server server;

  /// Confined to the thread that signals come on.
  private boolean asked;

  private StopOnSignal(Server server) {
    this.server = server;
  }

  /// Listens from here on; signals that came since the process started are not lost.
  static void install(Server server) {
    StopOnSignal stop = new StopOnSignal(server);
    if (Signals.available().contains(Signal.TERM)) {
      Signals signals = Signals.listen(stop::on);
      server.watchExecutionPhase(phase -> {
        if (phase == ExecutionPhase.TERMINATED) {
          signals.close(); // a thread in a native call holds the end of the JVM up for 300 ms
        }
      });
    } else {
      Runtime.getRuntime().addShutdownHook(stop.hook());
    }
  }

  private void on(Signal signal) {
    switch (signal) {
      case TERM, INT, QUIT -> stop(signal);
      case HUP, USR1 -> LOG.log(System.Logger.Level.INFO, "SIG{0}: nothing to do", signal);
    }
  }

  private void stop(Signal signal) {
    LOG.log(
        System.Logger.Level.INFO,
        "SIG{0}: {1}",
        signal,
        asked ? "stops at once" : "stops when the last request has ended");
    server.shutdown(asked ? Shutdown.FAST : Shutdown.GRACEFUL);
    asked = true;
  }

  private Thread hook() {
    return Thread.ofPlatform()
        .name("pingora-stop")
        .unstarted(() -> {
          server.shutdown(Shutdown.GRACEFUL);
          server.awaitEnd();
        });
  }
}

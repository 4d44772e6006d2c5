// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.server.ExecutionPhase;
import dev.pingora.core.server.Shutdown;
import dev.pingora.runtime.Signal;
import dev.pingora.runtime.Signals;

/// Does what signals ask a gateway for. USR1 opens the access log anew. It stops when the process
/// is asked to end: by SIGTERM, SIGINT or SIGQUIT gracefully, which waits until the last request
/// has ended, or the grace period has; by a second one at once. The process then ends by itself,
/// with exit code 0.
///
/// Where signals cannot be read (not started by `./pingora`, or not on Linux) the JVM's shutdown
/// does the same for the first SIGTERM or SIGINT; it has an exit code of its own then, and knows no
/// second signal.
final class StopOnSignal {
  private static final System.Logger LOG = System.getLogger("dev.pingora.gateway");

  private final GatewayServer gateway;

  /// Confined to the thread that signals come on.
  private boolean asked;

  private StopOnSignal(GatewayServer gateway) {
    this.gateway = gateway;
  }

  /// Listens from here on; signals that came since the process started are not lost.
  static void install(GatewayServer gateway) {
    StopOnSignal stop = new StopOnSignal(gateway);
    if (Signals.available().contains(Signal.TERM)) {
      Signals signals = Signals.listen(stop::on);
      gateway
          .server()
          .watchExecutionPhase(phase -> {
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
      case USR1 -> gateway.reopenLog();
      case HUP -> LOG.log(System.Logger.Level.INFO, "SIG{0}: nothing to do", signal);
    }
  }

  private void stop(Signal signal) {
    LOG.log(
        System.Logger.Level.INFO,
        "SIG{0}: {1}",
        signal,
        asked ? "stops at once" : "stops when the last request has ended");
    gateway.server().shutdown(asked ? Shutdown.FAST : Shutdown.GRACEFUL);
    asked = true;
  }

  private Thread hook() {
    return Thread.ofPlatform()
        .name("pingora-stop")
        .unstarted(() -> {
          gateway.server().shutdown(Shutdown.GRACEFUL);
          gateway.server().awaitEnd();
        });
  }
}

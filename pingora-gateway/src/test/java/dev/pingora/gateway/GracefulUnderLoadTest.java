// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.core.server.Shutdown;
import dev.pingora.testkit.Eventually;
import dev.pingora.testkit.TestOrigin;
import dev.pingora.testkit.Tool;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A graceful end in the middle of a load: nobody is cut off, and nobody keeps it waiting.
class GracefulUnderLoadTest {
  /// Far below the grace period (300 s) and every other wait of a connection (30 s and more).
  private static final Duration SOON = Duration.ofSeconds(10);

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void endsSoonUnderH2Load(boolean stealing) throws Exception {
    for (int round = 0; round < 3; round++) {
      try (TestOrigin origin = TestOrigin.start();
          GatewayRig rig = GatewayRig.start(yaml(stealing, origin.port()));
          Tool.Running _ =
              Tool.start("h2load", "-D", "20", "-c", "20", "-m", "10", rig.url("/bytes/100"))) {
        Eventually.holds("load comes", () -> origin.requests() > 500);
        long begun = System.nanoTime();
        rig.gateway().server().shutdown(Shutdown.GRACEFUL);
        rig.gateway().server().awaitEnd();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(SOON);
      }
    }
  }

  private static String yaml(boolean stealing, int port) {
    return """
    threads: 2
    work_stealing: %s
    grace_period_seconds: 30
    listeners:
      - address: 127.0.0.1:0
        protocols: [http/1.1, h2c]
    upstreams:
      app: { servers: ["127.0.0.1:%d"] }
    routes:
      - upstream: app
    """
        .formatted(stealing, port);
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.RawHttp;
import dev.pingora.testkit.TestOrigin;
import dev.pingora.testkit.Wire;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// An upstream that the configuration names instead of numbering it.
class NamedUpstreamTest {
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void isLookedUpAndConnectedTo(boolean stealing) throws Exception {
    try (TestOrigin origin = TestOrigin.start();
        GatewayRig rig = GatewayRig.start(yaml(stealing, origin.port()));
        Wire client = rig.connect()) {
      for (int i = 0; i < 3; i++) {
        assertThat(client.send(RawHttp.get("/a")).readResponse().text()).isEqualTo("/a");
      }
      assertThat(origin.connections()).isEqualTo(1);
    }
  }

  private static String yaml(boolean stealing, int port) {
    return """
    threads: 1
    work_stealing: %s
    resolver: { servers: system, min_ttl: 1s, max_ttl: 1m, negative_ttl: 1s }
    listeners:
      - address: 127.0.0.1:0
    upstreams:
      app: { servers: ["localhost:%d"] }
    routes:
      - match: { path: "/" }
        upstream: app
    """
        .formatted(stealing, port);
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.core.server.ExecutionPhase;
import dev.pingora.testkit.RawHttp;
import dev.pingora.testkit.Wire;
import org.junit.jupiter.api.Test;

/// Several gateways in one JVM share nothing.
class TwoGatewaysTest {
  private static GatewayRig says(String text) throws Exception {
    return GatewayRig.with("routes: [{ respond: { body: \"%s\" } }]\n".formatted(text));
  }

  private static String ask(GatewayRig rig) {
    try (Wire client = rig.connect()) {
      return client.send(RawHttp.get("/")).readResponse().text();
    }
  }

  @Test
  void twoServeOnPortZeroAndOneOutlivesTheOther() throws Exception {
    try (GatewayRig a = says("a")) {
      try (GatewayRig b = says("b")) {
        assertThat(a.port()).isNotEqualTo(b.port());
        assertThat(ask(a)).isEqualTo("a");
        assertThat(ask(b)).isEqualTo("b");
      }
      assertThat(ask(a)).isEqualTo("a");
    }
  }

  @Test
  void oneGatewayListensOnManyPorts() throws Exception {
    try (GatewayRig rig =
        GatewayRig.start(
            """
            threads: 2
            listeners: [{ address: "127.0.0.1:0" }, { address: "[::1]:0" }]
            routes: [{ respond: { body: ok } }]
            """)) {
      assertThat(rig.gateway().addresses()).hasSize(2);
      assertThat(rig.port(0)).isPositive();
      assertThat(rig.port(1)).isPositive();
      assertThat(ask(rig)).isEqualTo("ok");
    }
  }

  @Test
  void gatewayThatNeverRanCanBeClosed() throws Exception {
    GatewayRig rig = says("x");
    rig.close();
    assertThat(rig.gateway().server().phase()).isEqualTo(ExecutionPhase.TERMINATED);
    rig.close(); // again: nothing happens
  }
}

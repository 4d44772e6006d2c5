// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.Eventually;
import dev.pingora.testkit.RawHttp;
import dev.pingora.testkit.RawResponse;
import dev.pingora.testkit.ScriptedClient;
import dev.pingora.testkit.TestOrigin;
import dev.pingora.testkit.Wire;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What operators are told over a socket of their own.
class AdminEndToEndTest {
  @TempDir private Path folder;

  private static RawResponse ask(GatewayRig rig, String request) {
    InetSocketAddress admin =
        (InetSocketAddress) Objects.requireNonNull(rig.gateway().adminAddress());
    try (Wire client = ScriptedClient.tcp(admin.getPort())) {
      return client.send(request).readResponse();
    }
  }

  @Test
  void tellsHowServersAndRoutesAre() throws Exception {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      closed = socket.getLocalPort();
    }
    try (TestOrigin origin = TestOrigin.start();
        GatewayRig rig =
            GatewayRig.with(
                """
                admin: { address: "127.0.0.1:0" }
                access_log: { path: "%s" }
                upstreams:
                  app:
                    servers: ["127.0.0.1:%d", "127.0.0.1:%d"]
                    health_check: { tcp: true, every: 100ms, down: 1 }
                  listed:
                    discovery: { http: "http://127.0.0.1:%d/" }
                routes:
                  - upstream: app
                    rate_limit: { rate: 1/h, burst: 1 }
                  - match: { path: /own }
                    respond: { status: 200 }
                """
                    .formatted(folder.resolve("a.log"), origin.port(), closed, closed));
        Wire client = rig.connect()) {
      assertThat(client.send(RawHttp.get("/")).readResponse().status()).isEqualTo(200);
      assertThat(client.send(RawHttp.get("/")).readResponse().status()).isEqualTo(429);
      Eventually.holds(
          "told",
          () -> ask(rig, RawHttp.get("/status")).text().matches("(?s).*unhealthy.*failure.*"));

      RawResponse answer = ask(rig, RawHttp.get("/status"));
      assertThat(answer.status()).isEqualTo(200);
      String text = answer.text().replaceAll("\\s+", "");
      assertThat(text)
          .contains("\"listeners\":[\"127.0.0.1:" + rig.port() + "\"],\"connections\":1,")
          .contains("\"app\":{\"ready\":1,\"servers\":[{\"address\":\"127.0.0.1:" + origin.port())
          .contains(
              "127.0.0.1:" + closed + "\",\"weight\":1,\"state\":\"unhealthy\",\"in_flight\":0,")
          .contains("\"listed\":{\"ready\":0,\"servers\":[],\"discovery\":{\"failure\":")
          .contains("\"routes\":[{\"rate_limited\":1},{\"rate_limited\":0}]")
          .contains("\"access_log\":{\"written\":");
    }
  }

  @Test
  void knowsOnePageAndChangesNothing() throws Exception {
    try (GatewayRig rig =
        GatewayRig.with(
            """
            admin: { address: "127.0.0.1:0" }
            routes: [{ respond: { status: 200 } }]
            """)) {
      assertThat(ask(rig, RawHttp.get("/")).status()).isEqualTo(404);
      RawResponse refused = ask(rig, RawHttp.post("/status", "x"));
      assertThat(refused.status()).isEqualTo(405);
      assertThat(refused.first("Allow")).contains("GET, HEAD");
      assertThat(ask(rig, RawHttp.get("/status")).text()).doesNotContain("access_log");
    }
  }

  @Test
  void isNotThereUnlessAskedFor() throws Exception {
    try (GatewayRig rig = GatewayRig.with("routes: [{ respond: { status: 200 } }]\n")) {
      assertThat(rig.gateway().adminAddress()).isNull();
    }
  }
}

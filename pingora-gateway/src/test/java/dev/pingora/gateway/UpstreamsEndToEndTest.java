// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.Gate;
import dev.pingora.testkit.RawHttp;
import dev.pingora.testkit.RawResponse;
import dev.pingora.testkit.ScriptedServer;
import dev.pingora.testkit.TestOrigin;
import dev.pingora.testkit.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Servers in turn, further attempts, timeouts.
class UpstreamsEndToEndTest {
  private static TestOrigin named(String name) {
    return TestOrigin.start(exchange -> {
      var _ = exchange.drain();
      exchange.respond(200, name);
    });
  }

  private static String get(Wire client) {
    return client.send(RawHttp.get("/")).readResponse().text();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void serversAnswerInTurn(boolean stealing) throws Exception {
    try (TestOrigin a = named("a");
        TestOrigin b = named("b");
        GatewayRig rig =
            GatewayRig.with(
                """
                work_stealing: %s
                upstreams:
                  app: { servers: ["127.0.0.1:%d", "127.0.0.1:%d"], balance: round_robin }
                routes:
                  - upstream: app
                """
                    .formatted(stealing, a.port(), b.port()));
        Wire client = rig.connect()) {
      List<String> answers = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        answers.add(get(client));
      }
      assertThat(answers).containsExactly("a", "b", "a", "b", "a", "b");
      assertThat(a.connections()).isEqualTo(1);
      assertThat(b.connections()).isEqualTo(1);
    }
  }

  @Test
  void weightsAndSplitsShareTheRequests() throws Exception {
    try (TestOrigin a = named("a");
        TestOrigin b = named("b");
        TestOrigin c = named("c");
        GatewayRig rig =
            GatewayRig.with(
                """
                upstreams:
                  ab:
                    servers: [{ address: "127.0.0.1:%d", weight: 3 }, "127.0.0.1:%d"]
                  c: { servers: ["127.0.0.1:%d"] }
                routes:
                  - split: [{ upstream: ab, weight: 4 }, { upstream: c, weight: 1 }]
                """
                    .formatted(a.port(), b.port(), c.port()));
        Wire client = rig.connect()) {
      List<String> answers = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        answers.add(get(client));
      }
      assertThat(Collections.frequency(answers, "a")).isEqualTo(60);
      assertThat(Collections.frequency(answers, "b")).isEqualTo(20);
      assertThat(Collections.frequency(answers, "c")).isEqualTo(20);
    }
  }

  private static int refusedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }

  private static GatewayRig two(int first, int second, String route) throws Exception {
    return GatewayRig.with(
        """
        upstreams:
          app:
            servers: ["127.0.0.1:%d", "127.0.0.1:%d"]
            timeouts: { read: 200ms }
        routes:
          - upstream: app
            %s
        """
            .formatted(first, second, route));
  }

  @Test
  void refusedConnectGoesToTheNextServer() throws Exception {
    try (TestOrigin b = named("b");
        GatewayRig rig = two(refusedPort(), b.port(), "timeout: 0s");
        Wire client = rig.connect()) {
      assertThat(get(client)).isEqualTo("b");
      assertThat(client.send(RawHttp.post("/", "content")).readResponse().text()).isEqualTo("b");
    }
  }

  @Test
  void withoutRetryRefusedIs502() throws Exception {
    try (TestOrigin b = named("b");
        GatewayRig rig = two(refusedPort(), b.port(), "retry: { attempts: 0 }");
        Wire client = rig.connect()) {
      assertThat(client.send(RawHttp.get("/")).readResponse().status()).isEqualTo(502);
      assertThat(get(client)).isEqualTo("b");
    }
  }

  @Test
  void unavailableAnswerGoesToTheNextServer() throws Exception {
    try (TestOrigin a = TestOrigin.start(e -> e.respond(503, "down"));
        TestOrigin b = named("b");
        GatewayRig rig = two(a.port(), b.port(), "timeout: 0s");
        Wire client = rig.connect()) {
      assertThat(get(client)).isEqualTo("b");
    }
  }

  @Test
  void unavailableAnswersOfAllServersReachTheClient() throws Exception {
    try (TestOrigin a = TestOrigin.start(e -> e.respond(503, "down", "X-From: origin"));
        GatewayRig rig = two(a.port(), refusedPort(), "retry: { attempts: 0 }");
        Wire client = rig.connect()) {
      RawResponse response = client.send(RawHttp.get("/")).readResponse();
      assertThat(response.status()).isEqualTo(503);
      assertThat(response.first("X-From")).contains("origin");
    }
  }

  @Test
  void resetBeforeTheResponseIsTriedAgainOnlyWhereItIsSafe() throws Exception {
    ScriptedServer.Script resets =
        wire -> {
          var _ = wire.readRequest();
          wire.reset();
        };
    try (ScriptedServer a = ScriptedServer.each(resets);
        TestOrigin b = named("b");
        GatewayRig rig = two(a.port(), b.port(), "timeout: 0s");
        Wire client = rig.connect()) {
      assertThat(get(client)).isEqualTo("b"); // GET is idempotent (RFC 9110 §9.2.2)
      int status = client.send(RawHttp.post("/", "x")).readResponse().status();
      assertThat(status).isEqualTo(502); // a's turn again, and POST is not
    }
  }

  @Test
  void silentServerIs504() throws Exception {
    Gate end = new Gate("end of the test");
    try (TestOrigin a = TestOrigin.start(e -> end.await());
        GatewayRig rig = two(a.port(), a.port() == 1 ? 2 : 1, "retry: { attempts: 0 }");
        Wire client = rig.connect()) {
      assertThat(client.send(RawHttp.get("/")).readResponse().status()).isEqualTo(504);
      end.open();
    }
  }

  @Test
  void routeTimeoutBoundsTheWholeRequest() throws Exception {
    Gate end = new Gate("end of the test");
    try (TestOrigin a = TestOrigin.start(e -> end.await());
        GatewayRig rig =
            GatewayRig.with(
                """
                upstreams:
                  app: { servers: ["127.0.0.1:%d"] }
                routes:
                  - { upstream: app, timeout: 100ms }
                """
                    .formatted(a.port()));
        Wire client = rig.connect()) {
      assertThat(client.send(RawHttp.get("/")).readResponse().status()).isEqualTo(504);
      end.open();
    }
  }
}

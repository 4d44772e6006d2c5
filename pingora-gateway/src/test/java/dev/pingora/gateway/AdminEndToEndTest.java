// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.testkit.Eventually;
import dev.pingora.testkit.RawHttp;
import dev.pingora.testkit.RawResponse;
import dev.pingora.testkit.ScriptedClient;
import dev.pingora.testkit.TestOrigin;
import dev.pingora.testkit.Wire;
import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.tls.CertKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

  private static RawResponse status(GatewayRig rig) {
    return ask(rig, get("/status", "localhost"));
  }

  private static String get(String target, String host) {
    return "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
  }

  /// A gateway with nothing else to tell of.
  private static GatewayRig alone() throws Exception {
    return GatewayRig.with(
        """
        admin: { address: "127.0.0.1:0" }
        routes: [{ respond: { status: 200 } }]
        """);
  }

  /// A foreign page's name may resolve to this machine.
  @Test
  void answersNoOtherNames() throws Exception {
    try (GatewayRig rig = alone()) {
      for (String host : List.of("localhost", "LOCALHOST:80", "127.0.0.1", "[::1]:6189")) {
        assertThat(ask(rig, get("/status", host)).status()).as(host).isEqualTo(200);
      }
      for (String host :
          List.of("rebound.example", "127.0.0.1.example:6189", "localhost.example")) {
        assertThat(ask(rig, get("/status", host)).status()).as(host).isEqualTo(421);
      }
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
                  - match:
                      { host: example.org, path: "= /own", methods: [HEAD, GET],
                        headers: { X-A: "1" } }
                    respond: { status: 200 }
                """
                    .formatted(folder.resolve("a.log"), origin.port(), closed, closed));
        Wire client = rig.connect()) {
      assertThat(client.send(RawHttp.get("/")).readResponse().status()).isEqualTo(200);
      assertThat(client.send(RawHttp.get("/")).readResponse().status()).isEqualTo(429);
      Eventually.holds("told", () -> status(rig).text().matches("(?s).*unhealthy.*failure.*"));

      RawResponse answer = status(rig);
      assertThat(answer.status()).isEqualTo(200);
      String text = answer.text().replaceAll("\\s+", "");
      assertThat(text)
          .contains(
              "\"listeners\":[{\"address\":\"127.0.0.1:" + rig.port() + "\"}],\"connections\":1,")
          .contains("\"app\":{\"ready\":1,\"servers\":[{\"address\":\"127.0.0.1:" + origin.port())
          .contains("127.0.0.1:" + closed + "\",\"weight\":1,\"state\":\"unhealthy\",\"reason\":\"")
          .contains("refused")
          .contains("\"listed\":{\"ready\":0,\"servers\":[],\"discovery\":{\"failure\":")
          .contains(",\"duplicates\":0}")
          .contains("\"routes\":[{\"match\":\"*/\",\"rate_limited\":1},")
          .contains("{\"match\":\"GET,HEADexample.org=/ownX-A:1\",\"rate_limited\":0}]")
          .contains("\"access_log\":{\"written\":");
    }
  }

  @Test
  void countsHandshakesWhereThereIsTls() throws Exception {
    CertKey key = TestCertificates.server();
    Path cert = folder.resolve("cert.pem");
    Files.writeString(cert, TestCertificates.chainPem(key));
    Files.writeString(folder.resolve("key.pem"), TestCertificates.keyPem(key));
    try (GatewayRig rig =
        GatewayRig.start(
            """
            threads: 1
            listeners:
              - address: 127.0.0.1:0
              - address: 127.0.0.1:0
                tls: { certificates: [{ cert: "%s", key: "%s" }] }
            admin: { address: "127.0.0.1:0" }
            routes: [{ respond: { status: 200 } }]
            """
                .formatted(cert, folder.resolve("key.pem")))) {
      try (Wire client = ScriptedClient.tcp(rig.port(1))) {
        client.send("no TLS at all, and long enough to be a record\r\n\r\n").readToEnd();
      }
      String plain = "{\"address\":\"127.0.0.1:" + rig.port(0) + "\"},";
      String secure =
          "{\"address\":\"127.0.0.1:"
              + rig.port(1)
              + "\",\"handshakes\":{\"completed\":0,\"failed\":1,\"refused\":0}}],";
      Eventually.holds(
          "counted", () -> status(rig).text().replaceAll("\\s+", "").contains(plain + secure));
    }
  }

  @Test
  void addressThatIsTakenIsToldWithTheService() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      assertThatThrownBy(() ->
              GatewayRig.with(
                  """
                  admin: { address: "127.0.0.1:%d" }
                  routes: [{ respond: { status: 200 } }]
                  """
                      .formatted(taken.getLocalPort())))
          .hasMessageContaining("service admin")
          .hasMessageContaining("127.0.0.1:" + taken.getLocalPort())
          .hasMessageContaining("in use");
    }
  }

  @Test
  void knowsOnePageAndChangesNothing() throws Exception {
    try (GatewayRig rig = alone()) {
      assertThat(ask(rig, get("/", "localhost")).status()).isEqualTo(404);
      RawResponse refused =
          ask(rig, RawHttp.post("/status", "x").replace("Host: test", "Host: localhost"));
      assertThat(refused.status()).isEqualTo(405);
      assertThat(refused.first("Allow")).contains("GET, HEAD");
      assertThat(status(rig).text()).doesNotContain("access_log");
    }
  }

  @Test
  void isNotThereUnlessAskedFor() throws Exception {
    try (GatewayRig rig = GatewayRig.with("routes: [{ respond: { status: 200 } }]\n")) {
      assertThat(rig.gateway().adminAddress()).isNull();
    }
  }
}

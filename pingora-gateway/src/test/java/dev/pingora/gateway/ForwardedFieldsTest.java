// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.RawHttp;
import dev.pingora.testkit.RawResponse;
import dev.pingora.testkit.ScriptedClient;
import dev.pingora.testkit.TestOrigin;
import dev.pingora.testkit.Tool;
import dev.pingora.testkit.Wire;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an upstream is told about the client, and whom it is believed.
class ForwardedFieldsTest {
  @TempDir private Path folder;

  private static String yaml(int port, String more) {
    return """
    upstreams:
      app: { servers: ["127.0.0.1:%d"] }
    routes:
      - upstream: app
      - match: { path: /set }
        upstream: app
        request_headers: { set: { X-Forwarded-Proto: https, X-Forwarded-For: "-" } }
      - match: { path: /user }
        upstream: app
        request_headers: { set: { X-User: nobody }, remove: [X-Debug] }
    %s
    """
        .formatted(port, more);
  }

  /// {@return the field lines the origin got}
  private static List<String> sent(Wire client, String target, String... fields) {
    RawResponse response = client.send(RawHttp.get(target, fields)).readResponse();
    assertThat(response.status()).isEqualTo(200);
    return response.text().lines().toList();
  }

  private static TestOrigin origin() {
    return TestOrigin.start(exchange -> {
      StringBuilder head = new StringBuilder();
      exchange.fields().forEach(field -> head.append(field).append("\n"));
      exchange.respond(200, head.toString());
    });
  }

  private static final String[] FORGED = {
    "X-Forwarded-For: 1.2.3.4",
    "X-Forwarded-Proto: https",
    "X-Forwarded-Host: evil.example",
    "X-Forwarded-Port: 1",
    "X-Real-IP: 1.2.3.4",
    "Forwarded: for=1.2.3.4",
    "x_forwarded_for: 1.2.3.4",
    "X_Forwarded-Proto: https",
    "X_Other: kept"
  };

  @Test
  void whatAnyClientSaysOfItselfIsReplaced() throws Exception {
    try (TestOrigin origin = origin();
        GatewayRig rig = GatewayRig.with(yaml(origin.port(), ""));
        Wire client = rig.connect()) {
      List<String> lines = sent(client, "/", FORGED);
      assertThat(lines)
          .contains(
              "X-Forwarded-For: 127.0.0.1",
              "X-Forwarded-Proto: http",
              "X-Forwarded-Host: test",
              "X_Other: kept")
          .noneMatch(line -> line.contains("1.2.3.4") || line.contains("evil"))
          .noneMatch(line -> line.startsWith("X-Forwarded-Port"))
          .noneMatch(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith("x_forwarded"));
    }
  }

  @Test
  void trustedProxyIsBelievedAndAddedTo() throws Exception {
    try (TestOrigin origin = origin();
        GatewayRig rig = GatewayRig.with(yaml(origin.port(), "trusted_proxies: [127.0.0.0/8]"));
        Wire client = rig.connect()) {
      assertThat(sent(client, "/", FORGED))
          .contains(
              "X-Forwarded-For: 1.2.3.4, 127.0.0.1",
              "X-Forwarded-Proto: https",
              "X-Forwarded-Host: evil.example",
              "X-Forwarded-Port: 1",
              "X-Real-IP: 1.2.3.4",
              "Forwarded: for=1.2.3.4")
          .noneMatch(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith("x_forwarded"));
      assertThat(sent(client, "/", "X-Forwarded-For: 1.1.1.1", "X-Forwarded-For: 2.2.2.2"))
          .contains("X-Forwarded-For: 1.1.1.1, 2.2.2.2, 127.0.0.1", "X-Forwarded-Proto: http");
    }
  }

  /// What CGI and its descendants would read as `CONTENT_LENGTH`, `HTTP_X_USER` and so on.
  @Test
  void otherSpellingsOfWhatWeSayAreDropped() throws Exception {
    try (TestOrigin origin = origin();
        GatewayRig rig = GatewayRig.with(yaml(origin.port(), ""));
        Wire client = rig.connect()) {
      String[] forged = {
        "Content_Length: 9", "transfer_encoding: chunked", "X_User: root", "x_debug: 1"
      };
      assertThat(sent(client, "/user", forged))
          .contains("X-User: nobody")
          .noneMatch(line -> line.contains("_"));
      assertThat(sent(client, "/", forged))
          .contains("X_User: root", "x_debug: 1")
          .noneMatch(line -> line.startsWith("Content_") || line.startsWith("transfer_"));
    }
  }

  /// RFC 9112 §3.2: the request that goes on is one in HTTP/1.1.
  @Test
  void requestWithoutAuthorityGetsAHost() throws Exception {
    try (TestOrigin origin = origin();
        GatewayRig rig = GatewayRig.with(yaml(origin.port(), ""));
        Wire client = rig.connect()) {
      RawResponse response = client.send("GET / HTTP/1.0\r\n\r\n").readResponse();
      assertThat(response.text().lines())
          .contains("Host: 127.0.0.1:" + origin.port())
          .noneMatch(line -> line.startsWith("X-Forwarded-Host"));
    }
  }

  @Test
  void proxyFromElsewhereIsNotTrusted() throws Exception {
    try (TestOrigin origin = origin();
        GatewayRig rig = GatewayRig.with(yaml(origin.port(), "trusted_proxies: [10.0.0.0/8]"));
        Wire client = rig.connect()) {
      assertThat(sent(client, "/", FORGED)).contains("X-Forwarded-For: 127.0.0.1");
    }
  }

  @Test
  void connectionCannotTakeTheFieldsAway() throws Exception {
    try (TestOrigin origin = origin();
        GatewayRig rig = GatewayRig.with(yaml(origin.port(), ""));
        Wire client = rig.connect()) {
      assertThat(sent(client, "/", "Connection: X-Forwarded-For, x-forwarded-proto, Via"))
          .contains("X-Forwarded-For: 127.0.0.1", "X-Forwarded-Proto: http", "Via: 1.1 pingora");
    }
  }

  @Test
  void routesOwnEditsWin() throws Exception {
    try (TestOrigin origin = origin();
        GatewayRig rig = GatewayRig.with(yaml(origin.port(), ""));
        Wire client = rig.connect()) {
      assertThat(sent(client, "/set", FORGED))
          .contains("X-Forwarded-Proto: https", "X-Forwarded-For: -")
          .doesNotContain("X-Forwarded-For: 127.0.0.1");
    }
  }

  @Test
  void viaIsAddedInBothDirections() throws Exception {
    try (TestOrigin origin =
            TestOrigin.start(e -> e.respond(200, e.first("Via").orElse(""), "Via: 1.0 before"));
        GatewayRig rig = GatewayRig.with(yaml(origin.port(), ""));
        Wire client = rig.connect()) {
      RawResponse response = client.send(RawHttp.get("/", "Via: 1.1 first")).readResponse();
      assertThat(response.text()).isEqualTo("1.1 first");
      assertThat(response.message().all("Via")).containsExactly("1.0 before", "1.1 pingora");
    }
  }

  @Test
  void unixListenerAndUnixUpstreamWork() throws Exception {
    Path up = folder.resolve("up.sock");
    Path down = folder.resolve("down.sock");
    try (TestOrigin _ =
            TestOrigin.unix(
                up, e -> e.respond(200, e.first("X-Forwarded-For").orElse("") + e.target()));
        GatewayRig rig =
            GatewayRig.start(
                """
                threads: 2
                listeners:
                  - address: unix:%s
                    mode: "0600"
                upstreams:
                  app: { servers: ["unix:%s"] }
                routes:
                  - upstream: app
                """
                    .formatted(down, up))) {
      assertThat(java.nio.file.Files.getPosixFilePermissions(down)).hasSize(2);
      try (Wire client = ScriptedClient.unix(down)) {
        assertThat(client.send(RawHttp.get("/a")).readResponse().text()).isEqualTo("unknown/a");
        assertThat(client.send(RawHttp.get("/b")).readResponse().text()).isEqualTo("unknown/b");
      }
      Tool.Result curl =
          Tool.run("curl", "-sS", "--unix-socket", down.toString(), "http://x/curl").orFail();
      assertThat(curl.out()).isEqualTo("unknown/curl");
      assertThat(rig.gateway().addresses()).hasSize(1);
    }
    assertThat(down).doesNotExist();
  }
}

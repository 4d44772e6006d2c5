// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.Eventually;
import dev.pingora.testkit.FakeTicker;
import dev.pingora.testkit.RawHttp;
import dev.pingora.testkit.RawResponse;
import dev.pingora.testkit.ScriptedClient;
import dev.pingora.testkit.TestOrigin;
import dev.pingora.testkit.Tool;
import dev.pingora.testkit.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `rate_limit:` over real sockets, in time that the test makes pass.
class RateLimitEndToEndTest {
  private final FakeTicker ticker = new FakeTicker();

  @TempDir private Path folder;

  private GatewayRig rig(String keys, String routes) throws Exception {
    return GatewayRig.with(keys + "\nroutes:\n" + routes, ticker::nanoTime);
  }

  private static String own(String path, String limit) {
    return "  - { match: { path: %s }, respond: { body: ok }, rate_limit: { %s } }%n"
        .formatted(path, limit);
  }

  private static RawResponse ask(Wire client, String target, String... fields) throws Exception {
    return client.send(RawHttp.get(target, fields)).readResponse();
  }

  private static int status(Wire client, String target, String... fields) throws Exception {
    return ask(client, target, fields).status();
  }

  @Test
  void aBurstPassesThenTheRate() throws Exception {
    try (GatewayRig rig = rig("", own("/", "rate: 2/s, burst: 3"));
        Wire client = rig.connect()) {
      for (int i = 0; i < 3; i++) {
        assertThat(status(client, "/")).isEqualTo(200);
      }
      RawResponse refused = ask(client, "/");
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.first("Retry-After")).contains("1"); // half a second, rounded up
      assertThat(refused.text()).isEqualTo("too many requests\n");
      assertThat(refused.first("Content-Type")).contains("text/plain; charset=utf-8");

      ticker.advance(Duration.ofMillis(499));
      assertThat(status(client, "/")).isEqualTo(429);
      ticker.advance(Duration.ofMillis(1));
      assertThat(status(client, "/")).isEqualTo(200);
      assertThat(status(client, "/")).isEqualTo(429);
      assertThat(rig.rateLimited()).containsExactly(3L);
    }
  }

  @Test
  void whoWaitsAsLongAsToldPasses() throws Exception {
    try (GatewayRig rig = rig("", own("/", "rate: 3/h, burst: 1"));
        Wire client = rig.connect()) {
      assertThat(status(client, "/")).isEqualTo(200);
      ticker.advance(Duration.ofMillis(500));
      String wait = ask(client, "/").first("Retry-After").orElseThrow();
      assertThat(wait).isEqualTo("1200"); // 1199.5
      ticker.advance(Duration.ofSeconds(1199));
      assertThat(ask(client, "/").first("Retry-After")).contains("1");
      ticker.advance(Duration.ofSeconds(1));
      assertThat(status(client, "/")).isEqualTo(200);
    }
  }

  @Test
  void withoutABurstItIsTheCountOfTheRate() throws Exception {
    try (GatewayRig rig = rig("", own("/", "rate: 5/m"));
        Wire client = rig.connect()) {
      for (int i = 0; i < 5; i++) {
        assertThat(status(client, "/")).isEqualTo(200);
      }
      assertThat(ask(client, "/").first("Retry-After")).contains("12");
    }
  }

  @Test
  void eachRouteHasItsOwn() throws Exception {
    String routes =
        own("/a", "rate: 1/m") + own("/b", "rate: 1/m") + "  - { respond: { body: free } }\n";
    try (GatewayRig rig = rig("", routes);
        Wire client = rig.connect()) {
      assertThat(status(client, "/a")).isEqualTo(200);
      assertThat(status(client, "/b")).isEqualTo(200);
      assertThat(status(client, "/a")).isEqualTo(429);
      assertThat(status(client, "/b")).isEqualTo(429);
      assertThat(status(client, "/b")).isEqualTo(429);
      for (int i = 0; i < 10; i++) {
        assertThat(status(client, "/c")).isEqualTo(200);
      }
      assertThat(rig.rateLimited()).containsExactly(1L, 2L, 0L);
    }
  }

  @Test
  void aClientIsItsAddressOnEveryConnection() throws Exception {
    try (GatewayRig rig = rig("", own("/", "rate: 1/m"))) {
      try (Wire one = rig.connect()) {
        assertThat(status(one, "/")).isEqualTo(200);
      }
      try (Wire two = rig.connect()) {
        // What strangers say of others is not believed.
        assertThat(status(two, "/", "X-Forwarded-For: 192.0.2.1")).isEqualTo(429);
      }
    }
  }

  @Test
  void behindTrustedProxiesItIsTheAddressTheySaw() throws Exception {
    try (GatewayRig rig = rig("trusted_proxies: [127.0.0.0/8]", own("/", "rate: 1/m"));
        Wire proxy = rig.connect()) {
      assertThat(status(proxy, "/", "X-Forwarded-For: 192.0.2.1")).isEqualTo(200);
      assertThat(status(proxy, "/", "X-Forwarded-For: 192.0.2.2")).isEqualTo(200);
      assertThat(status(proxy, "/", "X-Forwarded-For: 192.0.2.3, 192.0.2.1")).isEqualTo(429);
      assertThat(status(proxy, "/", "X-Forwarded-For: 2001:db8::1")).isEqualTo(200);
      assertThat(status(proxy, "/", "X-Forwarded-For: 2001:db8::ffff:1")).isEqualTo(429);
      assertThat(status(proxy, "/", "X-Forwarded-For: 2001:db8:0:1::1")).isEqualTo(200);
      assertThat(status(proxy, "/")).isEqualTo(200); // the proxy itself
      assertThat(status(proxy, "/")).isEqualTo(429);
    }
  }

  @Test
  void byHeaderAClientIsItsValueAndElseItsAddress() throws Exception {
    try (GatewayRig rig = rig("", own("/", "rate: 1/m, key: 'header:X-Api-Key'"));
        Wire client = rig.connect()) {
      assertThat(status(client, "/", "x-api-key: red")).isEqualTo(200);
      assertThat(status(client, "/", "X-API-Key: blue")).isEqualTo(200);
      assertThat(status(client, "/", "X-Api-Key: red")).isEqualTo(429);
      // No key is no way around it.
      assertThat(status(client, "/")).isEqualTo(200);
      assertThat(status(client, "/")).isEqualTo(429);
      // Nor is a text that names an address.
      assertThat(status(client, "/", "X-Api-Key: 127.0.0.1")).isEqualTo(200);
    }
  }

  @Test
  void clientsOfAUnixSocketAreOne() throws Exception {
    Path socket = folder.resolve("gateway.sock");
    String yaml =
        "threads: 1\nlisteners: [{ address: 'unix:%s' }]\nroutes:%n%s"
            .formatted(socket, own("/", "rate: 1/m"));
    try (GatewayRig _ = GatewayRig.start(yaml, ticker::nanoTime)) {
      try (Wire one = ScriptedClient.unix(socket)) {
        assertThat(status(one, "/")).isEqualTo(200);
      }
      try (Wire two = ScriptedClient.unix(socket)) {
        assertThat(status(two, "/")).isEqualTo(429);
      }
    }
  }

  @Test
  void overHttp2TheAnswerIsTheSame() throws Exception {
    try (GatewayRig rig = rig("", own("/", "rate: 1/m"))) {
      String url = rig.url("/");
      Tool.Result first = Tool.run("curl", "-sS", "--http2-prior-knowledge", url).orFail();
      assertThat(first.out()).isEqualTo("ok");
      Tool.Result second = Tool.run("curl", "-sSi", "--http2-prior-knowledge", url).orFail();
      assertThat(second.out())
          .startsWith("HTTP/2 429")
          .contains("retry-after: 60\r\n")
          .endsWith("\r\n\r\ntoo many requests\n");
      // One bucket for both protocols.
      try (Wire client = rig.connect()) {
        assertThat(status(client, "/")).isEqualTo(429);
      }
    }
  }

  @Test
  void refusedRequestsNeverReachTheUpstream() throws Exception {
    try (TestOrigin origin = TestOrigin.start();
        GatewayRig rig =
            rig(
                "upstreams: { app: { servers: [\"127.0.0.1:%d\"] } }".formatted(origin.port()),
                """
                  - upstream: app
                    rate_limit: { rate: 1/m }
                    response_headers: { set: { X-Ours: "1" } }
                """);
        Wire client = rig.connect()) {
      assertThat(client.send(RawHttp.post("/echo", "content")).readResponse().text())
          .isEqualTo("content");
      RawResponse refused = client.send(RawHttp.post("/echo", "content")).readResponse();
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.first("X-Ours")).contains("1");
      // The content that came with it is not taken for the next request.
      ticker.advance(Duration.ofMinutes(1));
      assertThat(client.send(RawHttp.post("/echo", "again")).readResponse().text())
          .isEqualTo("again");
      assertThat(origin.requests()).isEqualTo(2);
    }
  }

  @Test
  void headIsRefusedWithoutContent() throws Exception {
    try (GatewayRig rig = rig("", own("/", "rate: 1/m"));
        Wire client = rig.connect()) {
      assertThat(status(client, "/")).isEqualTo(200);
      client.send(RawHttp.head("HEAD / HTTP/1.1", "Host: x"));
      RawResponse refused = client.readResponse("HEAD");
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.first("Content-Length")).contains("18");
      assertThat(status(client, "/")).isEqualTo(429); // and the connection goes on
    }
  }

  @Test
  void theAccessLogTellsOurRefusalsFromThoseOfUpstreams() throws Exception {
    Path log = folder.resolve("access.log");
    try (TestOrigin origin = TestOrigin.start(e -> e.respond(429, "theirs"));
        GatewayRig rig =
            rig(
                """
                access_log: { path: "%s", format: '%%s %%{error}x' }
                upstreams: { app: { servers: ["127.0.0.1:%d"] } }
                """
                    .formatted(log, origin.port()),
                "  - { upstream: app, rate_limit: { rate: 1/m } }\n");
        Wire client = rig.connect()) {
      assertThat(ask(client, "/").text()).isEqualTo("theirs");
      assertThat(ask(client, "/").text()).isEqualTo("too many requests\n");
      Eventually.holds("two lines", () -> lines(log).size() == 2);
      assertThat(lines(log)).containsExactly("429 -", "429 RateLimited");
    }
  }

  private static List<String> lines(Path log) {
    try {
      return Files.exists(log) ? Files.readAllLines(log) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Each thread of a load of its own connections; the bound holds whatever the order.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theBoundHoldsUnderLoad(boolean stealing) throws Exception {
    try (GatewayRig rig = rig("work_stealing: " + stealing, own("/", "rate: 1/h, burst: 100"))) {
      Tool.Result load = Tool.run("h2load", "-n", "1000", "-c", "10", "-m", "10", rig.url("/"));
      assertThat(load.orFail().out()).contains("status codes: 100 2xx, 0 3xx, 900 4xx, 0 5xx");
      assertThat(rig.rateLimited()).containsExactly(900L);
    }
  }
}

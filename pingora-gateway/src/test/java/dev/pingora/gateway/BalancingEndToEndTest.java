// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.Eventually;
import dev.pingora.testkit.Gate;
import dev.pingora.testkit.RawHttp;
import dev.pingora.testkit.RawResponse;
import dev.pingora.testkit.TestOrigin;
import dev.pingora.testkit.Wire;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The balancing, health, outlier, sticky and discovery keys, through a gateway.
class BalancingEndToEndTest {
  private static TestOrigin named(String name) {
    return TestOrigin.start(exchange -> {
      var _ = exchange.drain();
      exchange.respond(200, name);
    });
  }

  private static TestOrigin failing(int status) {
    return TestOrigin.start(exchange -> {
      var _ = exchange.drain();
      exchange.respond(status, "down");
    });
  }

  private static GatewayRig over(String keys, TestOrigin... origins) throws Exception {
    return GatewayRig.with(upstream(keys, origins));
  }

  private static String upstream(String keys, TestOrigin... origins) {
    List<String> servers = new ArrayList<>();
    for (TestOrigin origin : origins) {
      servers.add("\"127.0.0.1:" + origin.port() + "\"");
    }
    return """
    upstreams:
      app:
        servers: %s
        %s
    routes:
      - { upstream: app, retry: { attempts: 2, on: [connect, reset_before_response] } }
    """
        .formatted(servers, keys.replace("\n", "\n    "));
  }

  private static String get(Wire client, String target, String... fields) {
    return client.send(request(target, fields)).readResponse().text();
  }

  private static String request(String target, String... fields) {
    StringBuilder lines = new StringBuilder();
    for (String field : fields) {
      lines.append(field).append("\r\n");
    }
    return RawHttp.get(target).replace("\r\n\r\n", "\r\n" + lines + "\r\n");
  }

  private static List<String> answers(Wire client, int count) {
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      answers.add(get(client, "/"));
    }
    return answers;
  }

  @ParameterizedTest
  @EnumSource
  void everyWayToChooseServes(BalanceConf.Way balance) throws Exception {
    try (TestOrigin a = named("a");
        TestOrigin b = named("b");
        GatewayRig rig = over("balance: " + balance.text(), a, b);
        Wire client = rig.connect()) {
      Set<String> seen = new HashSet<>(answers(client, 40));
      if (balance.hashes()) {
        assertThat(seen).hasSize(1); // one client
      } else {
        assertThat(seen).containsExactlyInAnyOrder("a", "b");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"path", "query:user", "header:X-User", "cookie:user"})
  void keyOfARequestDecides(String key) throws Exception {
    try (TestOrigin a = named("a");
        TestOrigin b = named("b");
        GatewayRig rig = over("balance: maglev\nbalance_key: " + key, a, b);
        Wire client = rig.connect()) {
      Set<String> seen = new HashSet<>();
      for (int i = 0; i < 20; i++) {
        String target = key.equals("path") ? "/p" + i : "/?a=1&user=" + i;
        String[] fields = {"X-User: " + i, "Cookie: a=b; user=" + i};
        String answer = get(client, target, fields);
        assertThat(get(client, target, fields)).isEqualTo(answer);
        seen.add(answer);
      }
      assertThat(seen).containsExactlyInAnyOrder("a", "b");
    }
  }

  @Test
  void clientsBehindTrustedProxiesAreToldApart() throws Exception {
    try (TestOrigin a = named("a");
        TestOrigin b = named("b");
        GatewayRig trusting =
            GatewayRig.with(
                upstream("balance: maglev", a, b) + "trusted_proxies: [127.0.0.0/8]\n");
        GatewayRig wary = over("balance: maglev", a, b);
        Wire proxy = trusting.connect();
        Wire stranger = wary.connect()) {
      Set<String> seen = new HashSet<>();
      Set<String> seenByWary = new HashSet<>();
      for (int i = 1; i < 20; i++) {
        String client = "X-Forwarded-For: 192.0.2." + i;
        String answer = get(proxy, "/", client);
        assertThat(get(proxy, "/", client)).isEqualTo(answer);
        seen.add(answer);
        seenByWary.add(get(stranger, "/", client));
      }
      assertThat(seen).containsExactlyInAnyOrder("a", "b");
      assertThat(seenByWary).hasSize(1);
    }
  }

  // --- sticky ---

  private static String cookie(RawResponse response) {
    String field = response.first("Set-Cookie").orElse("");
    return field.replaceAll(";.*", "");
  }

  @Test
  void clientStaysAtItsServer() throws Exception {
    try (TestOrigin a = named("a");
        TestOrigin b = named("b");
        GatewayRig rig = over("sticky: { cookie: route, ttl: 1h }", a, b);
        Wire client = rig.connect()) {
      RawResponse first = client.send(RawHttp.get("/")).readResponse();
      String cookie = cookie(first);
      assertThat(cookie).startsWith("route=").doesNotContain("127.0.0.1");
      for (int i = 0; i < 6; i++) {
        RawResponse next = client.send(request("/", "Cookie: " + cookie)).readResponse();
        assertThat(next.text()).isEqualTo(first.text());
        assertThat(next.first("Set-Cookie")).isEmpty();
      }
      assertThat(new HashSet<>(answers(client, 4))).hasSize(2); // without one: in turn
      RawResponse forged = client.send(request("/", "Cookie: " + cookie + "x")).readResponse();
      assertThat(cookie(forged)).startsWith("route=");
    }
  }

  @Test
  void clientOfAServerThatDiesGetsAnotherOne() throws Exception {
    try (TestOrigin a = named("a");
        TestOrigin b = named("b");
        GatewayRig rig = over("sticky: {}", a, b);
        Wire client = rig.connect()) {
      RawResponse first = client.send(RawHttp.get("/")).readResponse();
      String cookie = cookie(first);
      (first.text().equals("a") ? a : b).close();
      RawResponse next = client.send(request("/", "Cookie: " + cookie)).readResponse();
      assertThat(next.status()).isEqualTo(200);
      assertThat(next.text()).isNotEqualTo(first.text());
      assertThat(cookie(next)).startsWith("route=").isNotEqualTo(cookie);
    }
  }

  @Test
  void gatewaysWithOneSecretHonourEachOthersCookies() throws Exception {
    String keys = "sticky: { secret: \"0123456789abcdef\" }";
    try (TestOrigin a = named("a");
        TestOrigin b = named("b");
        GatewayRig one = over(keys, a, b);
        GatewayRig other = over(keys, b, a);
        Wire client = one.connect();
        Wire again = other.connect()) {
      for (int i = 0; i < 4; i++) {
        RawResponse first = client.send(RawHttp.get("/")).readResponse();
        String cookie = cookie(first);
        assertThat(get(again, "/", "Cookie: " + cookie)).isEqualTo(first.text());
      }
    }
  }

  // --- health ---

  @Test
  void serverThatChecksFindIllGetsNothing() throws Exception {
    AtomicInteger health = new AtomicInteger(200);
    try (TestOrigin a =
            TestOrigin.start(e -> {
              if (e.target().equals("/health")) {
                assertThat(e.first("Host")).contains("app.test");
                e.respond(health.get(), "");
              } else {
                e.respond(200, "a");
              }
            });
        TestOrigin b = named("b");
        GatewayRig rig =
            over("health_check: { http: /health, host: app.test, every: 100ms, down: 1 }", a, b);
        Wire client = rig.connect()) {
      assertThat(new HashSet<>(answers(client, 6))).hasSize(2);
      health.set(503);
      Eventually.holds("a is out", () -> !answers(client, 4).contains("a"));
      health.set(200);
      Eventually.holds("a is back", () -> answers(client, 4).contains("a"));
    }
  }

  @Test
  void tcpCheckFindsWhoListens() throws Exception {
    TestOrigin a = named("a");
    try (TestOrigin b = named("b");
        GatewayRig rig =
            over("health_check: { tcp: true, every: 100ms, down: 1 }\nbalance: random", a, b);
        Wire client = rig.connect()) {
      a.close();
      Eventually.holds("a is out", () -> !answers(client, 8).contains("a"));
      Eventually.holds(
          "the status says so",
          () -> rig.gateway().status().getFirst().toString().contains("1 of 2 ready"));
    }
  }

  // --- what the engine reports ---

  @Test
  void serverThatFailsIsEjected() throws Exception {
    try (TestOrigin a = failing(500);
        TestOrigin b = named("b");
        GatewayRig rig = over("outlier: { consecutive: 3, eject: 1m, max_ejected: 0.5 }", a, b);
        Wire client = rig.connect()) {
      List<String> answers = answers(client, 20);
      assertThat(answers.stream().filter("down"::equals)).hasSize(3);
      assertThat(answers.subList(8, 20)).containsOnly("b");
      assertThat(rig.gateway().status().getFirst().toString()).contains("ejected");
    }
  }

  @Test
  void noServerGetsMoreThanItMayHave() throws Exception {
    Gate end = new Gate("end of the test");
    AtomicInteger begun = new AtomicInteger();
    try (TestOrigin a =
            TestOrigin.start(e -> {
              begun.incrementAndGet();
              end.await();
              e.respond(200, "a");
            });
        GatewayRig rig = over("max_requests_per_server: 2", a)) {
      List<Wire> clients = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        Wire client = rig.connect();
        client.send(RawHttp.get("/"));
        clients.add(client);
      }
      Eventually.holds("both are there", () -> begun.get() == 2);
      try (Wire third = rig.connect()) {
        assertThat(third.send(RawHttp.get("/")).readResponse().status()).isEqualTo(503);
        end.open();
        for (Wire client : clients) {
          assertThat(client.readResponse().status()).isEqualTo(200);
          client.close();
        }
        assertThat(get(third, "/")).isEqualTo("a");
      }
    }
  }

  @Test
  void hashedRequestIsTriedAgainElsewhere() throws Exception {
    TestOrigin a = named("a");
    TestOrigin b = named("b");
    try (TestOrigin c = named("c");
        GatewayRig rig = over("balance: consistent\nbalance_key: path", a, b, c);
        Wire client = rig.connect()) {
      a.close();
      b.close();
      for (int i = 0; i < 12; i++) {
        assertThat(get(client, "/" + i)).isEqualTo("c");
      }
    }
  }

  @Test
  void withoutServersThereIs503() throws Exception {
    try (TestOrigin a = named("a");
        GatewayRig rig =
            GatewayRig.with(
                """
                upstreams:
                  app: { servers: [{ address: "127.0.0.1:%d", weight: 0 }] }
                routes: [{ upstream: app }]
                """
                    .formatted(a.port()));
        Wire client = rig.connect()) {
      assertThat(client.send(RawHttp.get("/")).readResponse().status()).isEqualTo(503);
    }
  }

  // --- discovery ---

  @Test
  void serversOfAFileAreFollowed(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("servers.yaml");
    try (TestOrigin a = named("a");
        TestOrigin b = named("b")) {
      Files.writeString(file, "servers: [\"127.0.0.1:%d\"]".formatted(a.port()));
      try (GatewayRig rig =
              GatewayRig.with(
                  """
                  upstreams:
                    app: { discovery: { file: %s, every: 100ms } }
                  routes: [{ upstream: app }]
                  """
                      .formatted(file));
          Wire client = rig.connect()) {
        assertThat(answers(client, 3)).containsOnly("a");
        Path next = folder.resolve("next");
        Files.writeString(next, "servers: [\"127.0.0.1:%d\"]".formatted(b.port()));
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        Eventually.holds("b alone", () -> new HashSet<>(answers(client, 3)).equals(Set.of("b")));
      }
    }
  }

  @Test
  void serversOfADeadSourceAreWaitedFor() throws Exception {
    AtomicInteger status = new AtomicInteger(500);
    try (TestOrigin a = named("a");
        TestOrigin catalog =
            TestOrigin.start(
                e -> e.respond(status.get(), "{\"servers\": [\"127.0.0.1:" + a.port() + "\"]}"));
        GatewayRig rig =
            GatewayRig.with(
                """
                upstreams:
                  app: { discovery: { http: "http://127.0.0.1:%d/app", every: 100ms } }
                routes: [{ upstream: app }]
                """
                    .formatted(catalog.port()));
        Wire client = rig.connect()) {
      assertThat(client.send(RawHttp.get("/")).readResponse().status()).isEqualTo(503);
      status.set(200);
      Eventually.holds("a is found", () -> get(client, "/").equals("a"));
    }
  }
}

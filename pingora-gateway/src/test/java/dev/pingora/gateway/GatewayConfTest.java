// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.core.configuration.Address;
import dev.pingora.core.configuration.Cidr;
import dev.pingora.core.configuration.ConfigurationException;
import dev.pingora.core.configuration.Problem;
import dev.pingora.core.server.Limits;
import dev.pingora.core.server.ServerConf;
import dev.pingora.http.FieldName;
import dev.pingora.lb.Outlier;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What a file means once it is read.
class GatewayConfTest {
  private static final String LEAST =
      """
      listeners:
        - address: 127.0.0.1:0
      upstreams:
        app: { servers: ["127.0.0.1:9000"] }
      routes:
        - upstream: app
      """;

  private static final List<String> UPSTREAMS =
      List.of("app", "next", "keyed", "connected", "found", "served", "polled");

  private static final List<String> LATER =
      List.of(
          "pid_file",
          "upgrade_sock",
          "user",
          "listeners[0].proxy_protocol",
          "listeners[0].h2",
          "upstreams.app.proxy_protocol",
          "upstreams.app.max_h2_streams",
          "routes[0].buffering",
          "routes[0].retry.budget",
          "routes[0].compression",
          "routes[0].mirror",
          "routes[0].error_pages");

  private static GatewayConf parse(String text) throws ConfigurationException {
    return GatewayConf.parse(text, "test.yaml", Map.of());
  }

  private static GatewayConf full() throws Exception {
    return GatewayConf.load(BrokenFilesTest.resource("full.yaml"), Map.of());
  }

  @Test
  void leastFileHasTheDefaultsOfThePlan() throws Exception {
    GatewayConf conf = parse(LEAST);
    assertThat(conf.server()).isEqualTo(ServerConf.defaults());
    assertThat(conf.limits()).isEqualTo(Limits.defaults());
    assertThat(conf.accessLog()).isNull();
    assertThat(conf.trustedProxies()).isEmpty();
    assertThat(conf.extra().entries()).isEmpty();
    ListenerConf listener = conf.listeners().getFirst();
    assertThat(listener.protocols()).containsExactly(ListenerConf.Protocol.HTTP_1_1);
    assertThat(listener.mode()).isEqualTo(0660);
    assertThat(listener.limits()).isEqualTo(Limits.defaults());
    assertThat(listener.connections()).isEqualTo(new ListenerConf.Connections(0, 0, 0));
    assertThat(listener.allow()).isEmpty();
    assertThat(listener.deny()).isEmpty();
  }

  @Test
  void upstreamAndRouteHaveTheDefaultsOfThePlan() throws Exception {
    GatewayConf conf = parse(LEAST);
    UpstreamConf upstream = Objects.requireNonNull(conf.upstreams().get("app"));
    assertThat(upstream.timeouts())
        .isEqualTo(
            new UpstreamConf.Timeouts(
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                Duration.ofSeconds(60),
                Duration.ofSeconds(60)));
    assertThat(upstream.servers())
        .containsExactly(new UpstreamConf.Server(new Address.Tcp("127.0.0.1", 9000), 1));
    RouteConf route = conf.routes().getFirst();
    assertThat(route.match().host().toString()).isEqualTo("*");
    assertThat(route.match().path().toString()).isEqualTo("/");
    assertThat(route.action()).isEqualTo(new Action.Forward("app"));
    assertThat(route.host()).isEqualTo(new HostPolicy.Keep());
    assertThat(route.requestHeaders().isEmpty()).isTrue();
    assertThat(route.responseHeaders().isEmpty()).isTrue();
    assertThat(route.timeout()).isZero();
    assertThat(route.retry().attempts()).isEqualTo(2);
    assertThat(route.retry().on())
        .containsExactly(
            RetryConf.Fault.CONNECT,
            RetryConf.Fault.RESET_BEFORE_RESPONSE,
            new RetryConf.Status(503));
  }

  @Test
  void everyKeyOfTheFullFileArrives() throws Exception {
    GatewayConf conf = full();
    assertThat(conf.server().threads()).isEqualTo(3);
    assertThat(conf.server().workStealing()).isTrue();
    assertThat(conf.server().gracePeriod()).isEqualTo(Duration.ofSeconds(20));
    assertThat(conf.server().maxRetries()).isEqualTo(1);
    assertThat(conf.server().maxConnections()).isEqualTo(500);
    assertThat(conf.server().upstreamKeepalivePoolSize()).isEqualTo(16);
    assertThat(conf.trustedProxies())
        .containsExactly(
            Cidr.parse("10.0.0.0/8"), Cidr.parse("2001:db8::/32"), Cidr.parse("192.0.2.1"));
    AccessLogConf log = Objects.requireNonNull(conf.accessLog());
    assertThat(log.path()).isNull();
    assertThat(log.sample()).isEqualTo(0.5);
    assertThat(log.format()).hasToString("%h \"%r\" %s");
    assertThat(conf.limits().requestLineBytes()).isEqualTo(4096);
    assertThat(conf.limits().requestContentBytes()).isEqualTo(10 << 20);
    assertThat(conf.limits().bufferedBytes()).isEqualTo(64 << 20);
    assertThat(conf.extra().get("team")).isNotNull();
  }

  @Test
  void listenerChangesOnlyTheLimitsItNames() throws Exception {
    GatewayConf conf = full();
    Limits file = conf.limits();
    assertThat(conf.listeners().getFirst().limits())
        .isEqualTo(file.toBuilder().headerTimeout(Duration.ofSeconds(1)).drainBytes(0).build());
    assertThat(conf.listeners().get(1).limits()).isEqualTo(file);
    assertThat(conf.listeners().get(1).mode()).isEqualTo(0600);
  }

  @Test
  void everyKeyOfTheFullFilesBalancingArrives() throws Exception {
    Map<String, UpstreamConf> upstreams = full().upstreams();
    assertThat(upstreams.keySet()).containsExactlyElementsOf(UPSTREAMS);
    assertThat(balance(upstreams, "keyed"))
        .isEqualTo(
            new BalanceConf(
                BalanceConf.Way.MAGLEV,
                new BalanceKey.Header(FieldName.of("X-Tenant")),
                new BalanceConf.Sticky("at", Duration.ofHours(2), "0123456789abcdef"),
                Duration.ofSeconds(30),
                0.25,
                100,
                new HealthConf(
                    "/health",
                    false,
                    null,
                    List.of(200, 204),
                    "app.test",
                    Duration.ofSeconds(2),
                    Duration.ofMillis(500),
                    3,
                    4),
                new Outlier(7, Duration.ofSeconds(10), 0.3)));
    assertThat(balance(upstreams, "connected").way()).isEqualTo(BalanceConf.Way.P2C);
    assertThat(balance(upstreams, "app")).isEqualTo(BalanceConf.builder().build());
    assertThat(discovery(upstreams, "found"))
        .isEqualTo(new DiscoveryConf(new Address.Tcp("app.internal", 80), null, null, null, null));
    assertThat(discovery(upstreams, "served"))
        .isEqualTo(new DiscoveryConf(null, "_http._tcp.app", null, null, Duration.ofSeconds(5)));
    assertThat(discovery(upstreams, "polled"))
        .isEqualTo(
            new DiscoveryConf(
                null,
                null,
                null,
                URI.create("http://catalog.internal:8500/v1/app"),
                Duration.ofSeconds(10)));
    assertThat(String.valueOf(balance(upstreams, "keyed").sticky())).doesNotContain("0123456789");
  }

  private static BalanceConf balance(Map<String, UpstreamConf> upstreams, String name) {
    return Objects.requireNonNull(upstreams.get(name)).balance();
  }

  private static @Nullable DiscoveryConf discovery(
      Map<String, UpstreamConf> upstreams, String name) {
    return Objects.requireNonNull(upstreams.get(name)).discovery();
  }

  @Test
  void everyKeyOfTheFullFilesRoutesArrives() throws Exception {
    GatewayConf conf = full();
    RouteConf first = conf.routes().getFirst();
    assertThat(first.match().host()).isEqualTo(HostPattern.parse("*.example.org"));
    assertThat(first.match().methods()).containsExactly("GET", "POST");
    assertThat(first.match().headers())
        .containsExactly(
            new HeaderMatch(FieldName.of("X-Version"), "2"),
            new HeaderMatch(FieldName.of("X-Any"), "*"));
    assertThat(first.rewrite()).isEqualTo(new Rewrite("/api", "/"));
    assertThat(first.host()).isEqualTo(new HostPolicy.Upstream());
    assertThat(first.retry())
        .isEqualTo(new RetryConf(1, List.of(RetryConf.Fault.CONNECT, new RetryConf.Status(502))));
    assertThat(first.timeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(first.rateLimit())
        .isEqualTo(
            new RateLimitConf(
                new RateLimitConf.Frequency(50, RateLimitConf.Unit.MINUTE),
                20,
                new ClientKey.Header(FieldName.of("X-Team"))));
    assertThat(conf.routes().get(1).action())
        .isEqualTo(new Action.Respond(503, "application/json", "{}\n", null));
    assertThat(conf.routes().get(3).action())
        .isEqualTo(
            new Action.Split(List.of(new Action.Share("app", 95), new Action.Share("next", 5))));
    assertThat(conf.routes().get(3).host()).isEqualTo(new HostPolicy.Literal("app.internal:8080"));
  }

  /// The plan holds every key of every issue. Which of them do not work yet is written down here;
  /// when one begins to, this test asks for its line.
  @Test
  void refusesTheKeysOfLaterIssuesAndNoOther() {
    assertThatThrownBy(() -> GatewayConf.load(BrokenFilesTest.resource("planned.yaml"), Map.of()))
        .isInstanceOfSatisfying(
            ConfigurationException.class,
            e -> {
              assertThat(e.problems())
                  .allSatisfy(p -> assertThat(p.what()).contains("not yet supported"))
                  .allSatisfy(p -> assertThat(p.place()).isNotNull());
              assertThat(e.problems().stream().map(Problem::key)).containsExactlyElementsOf(LATER);
            });
  }

  @Test
  void withoutTheKeysOfLaterIssuesThePlanIsValid() throws Exception {
    String plan = Files.readString(BrokenFilesTest.resource("planned.yaml"));
    String now = plan.replaceAll(", budget: \\{[^}]*\\}", "");
    List<String> without = new ArrayList<>(LATER);
    without.add("listeners[0].tls"); // which names files
    for (String key : without) {
      String name = key.substring(key.lastIndexOf('.') + 1);
      // The key's line, and the lines below that are indented further.
      now = now.replaceAll("(?m)^( *)" + name + ":.*\n(\\1 +.*\n)*", "");
    }
    GatewayConf conf = parse(now);
    assertThat(conf.routes()).hasSize(1);
    assertThat(conf.limits()).isEqualTo(Limits.defaults());
    assertThat(conf.server()).isEqualTo(ServerConf.defaults());
  }

  @Test
  void schemaKnowsEveryKeyThatWorks() throws Exception {
    String schema = GatewayConf.schema();
    assertThat(schema).startsWith("{").endsWith("}\n");
    assertThat(Files.readAllLines(BrokenFilesTest.resource("full.yaml")))
        .filteredOn(line -> line.matches(" *[a-z_]+:( .*)?"))
        .map(line -> line.strip().replaceAll(":.*", ""))
        .filteredOn(key -> !UPSTREAMS.contains(key)) // the operator's own names
        .hasSizeGreaterThan(40)
        .allSatisfy(key -> assertThat(schema).contains("\"" + key + "\""));
  }

  @Test
  void readsAFileOnlyByItsOwnPath(@org.junit.jupiter.api.io.TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("g.yaml"), LEAST);
    assertThat(GatewayConf.load(file, Map.of())).isEqualTo(parse(LEAST));
  }
}

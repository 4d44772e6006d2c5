// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.core.server.Server;
import dev.pingora.core.server.ServerConf;
import dev.pingora.core.server.Shutdown;
import dev.pingora.core.services.ListeningService;
import dev.pingora.lb.Backend;
import dev.pingora.lb.LoadBalancer;
import dev.pingora.limits.Rate;
import dev.pingora.proxy.HttpProxyService;
import dev.pingora.proxy.ProxyHttp;
import dev.pingora.testkit.RawHttp;
import dev.pingora.testkit.RawResponse;
import dev.pingora.testkit.ScriptedClient;
import dev.pingora.testkit.TestOrigin;
import dev.pingora.testkit.Wire;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// The examples that balance and limit do what they say.
class BalancingExamplesTest {
  /// A proxy that serves, and its port.
  private record Running(Server server, ListeningService service) implements AutoCloseable {
    static Running of(ProxyHttp<?> proxy) throws Exception {
      Server server = Server.create(ServerConf.defaults());
      ListeningService service =
          server.addService(
              HttpProxyService.of(server.configuration(), proxy).addTcp("127.0.0.1:0"));
      server.start();
      return new Running(server, service);
    }

    Wire connect() {
      return ScriptedClient.tcp(((InetSocketAddress) service.addresses().getFirst()).getPort());
    }

    @Override
    public void close() {
      server.shutdown(Shutdown.FAST);
      server.awaitEnd();
    }
  }

  private static TestOrigin origin(String name) throws Exception {
    return TestOrigin.start(exchange -> exchange.respond(200, name));
  }

  private static String at(TestOrigin origin) {
    return "127.0.0.1:" + origin.port();
  }

  @Test
  void thePathChoosesTheCluster() throws Exception {
    try (TestOrigin a = origin("a");
        TestOrigin b = origin("b");
        TestOrigin c = origin("c");
        Running proxy =
            Running.of(
                new MultiLb(
                    LoadBalancer.roundRobin(at(a)), LoadBalancer.roundRobin(at(b), at(c))));
        Wire client = proxy.connect()) {
      for (int i = 0; i < 3; i++) {
        assertThat(client.send(RawHttp.get("/one/x")).readResponse().text()).isEqualTo("a");
      }
      String two =
          client.send(RawHttp.get("/two/x")).readResponse().text()
              + client.send(RawHttp.get("/one")).readResponse().text();
      assertThat(two).isIn("bc", "cb");
    }
  }

  @Test
  void eachApplicationAsksOnceASecond() throws Exception {
    AtomicLong clock = new AtomicLong();
    Rate rate = Rate.of(Duration.ofSeconds(1), 4, 1024, clock::get);
    try (TestOrigin origin = origin("ok");
        Running proxy = Running.of(new RateLimiter(LoadBalancer.roundRobin(at(origin)), rate))) {
      assertThat(ask(proxy, "appid: red").status()).isEqualTo(200);
      RawResponse refused = ask(proxy, "appid: red");
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.first("X-Rate-Limit-Limit")).contains("1");
      assertThat(refused.first("X-Rate-Limit-Remaining")).contains("0");
      assertThat(refused.first("X-Rate-Limit-Reset")).contains("1");

      assertThat(ask(proxy, "appid: blue").status()).isEqualTo(200);
      assertThat(ask(proxy, "other: red").status()).isEqualTo(200);
      assertThat(ask(proxy, "other: red").status()).isEqualTo(200);

      clock.addAndGet(Duration.ofSeconds(1).toNanos());
      assertThat(ask(proxy, "appid: red").status()).isEqualTo(200);
      assertThat(origin.requests()).isEqualTo(5);
    }
  }

  private static RawResponse ask(Running proxy, String field) throws Exception {
    try (Wire client = proxy.connect()) {
      return client.send(RawHttp.get("/", field)).readResponse();
    }
  }

  @Test
  void sparesStandByUntilTooFewPrimariesAreUp() throws Exception {
    try (TestOrigin a = origin("a");
        TestOrigin b = origin("b");
        TestOrigin spare = origin("spare")) {
      List<Backend> backends =
          List.of(
              Backend.of(at(a)),
              Backend.of(at(b)),
              Backend.of(at(spare)).with(new PrimaryFirst.Spare()));
      LoadBalancer<PrimaryFirst> upstreams = LoadBalancer.of("app", backends, PrimaryFirst::of);
      try (Running proxy = Running.of(new PrimaryFirst.Proxy(upstreams));
          Wire client = proxy.connect()) {
        assertThat(answers(client)).containsExactly("a", "b");

        upstreams.enable(backends.get(0).address(), false);
        assertThat(answers(client)).containsExactly("b", "spare");

        upstreams.enable(backends.get(1).address(), false);
        assertThat(answers(client)).containsExactly("spare");

        upstreams.enable(backends.get(0).address(), true);
        upstreams.enable(backends.get(1).address(), true);
        assertThat(answers(client)).containsExactly("a", "b");
      }
    }
  }

  /// Who answers, sorted.
  private static Set<String> answers(Wire client) throws Exception {
    Set<String> who = new TreeSet<>();
    for (int i = 0; i < 12; i++) {
      who.add(client.send(RawHttp.get("/")).readResponse().text());
    }
    return who;
  }
}

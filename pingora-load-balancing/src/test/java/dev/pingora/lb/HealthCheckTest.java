// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.core.protocols.UpstreamSession;
import dev.pingora.core.server.ServerRuntime;
import dev.pingora.core.services.Addresses;
import dev.pingora.core.upstreams.HttpPeer;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import dev.pingora.runtime.RequestThread;
import dev.pingora.testkit.Events;
import dev.pingora.testkit.Eventually;
import dev.pingora.testkit.Gate;
import dev.pingora.testkit.ScriptedServer;
import dev.pingora.testkit.TestOrigin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Active checks, on a server that runs.
class HealthCheckTest {
  private static final CheckRules QUICK =
      CheckRules.STANDARD.withEvery(Duration.ofMillis(100)).withTimeout(Duration.ofMillis(500));

  private final Events<String> changes = new Events<>();

  private LoadBalancer<RoundRobin> balancer(HealthCheck check, Backend... backends) {
    return LoadBalancer.builder("app", RoundRobin::of)
        .backends(List.of(backends))
        .healthCheck(check)
        .parallelChecks(2)
        .observer((name, address, change, why) ->
            changes.add(name + " " + Addresses.text(address) + " " + change))
        .build();
  }

  private static Backend at(TestOrigin origin) {
    return Backend.of(origin.address(), 1);
  }

  private static void settles(LoadBalancer<?> balancer, int ready) {
    Eventually.holds(ready + " ready", () -> balancer.status().ready() == ready);
  }

  @Test
  void whoRefusesConnectionsIsIllUntilItTakesThem() throws Exception {
    ServerSocket socket = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"));
    InetSocketAddress address = (InetSocketAddress) socket.getLocalSocketAddress();
    socket.close();
    try (TestOrigin well = TestOrigin.start()) {
      LoadBalancer<RoundRobin> balancer =
          balancer(TcpHealthCheck.of(QUICK), at(well), Backend.of(address, 1));
      assertThat(balancer.status().ready()).isEqualTo(2); // before the first check
      try (ServerRig _ = ServerRig.start(balancer)) {
        settles(balancer, 1);
        assertThat(balancer.select("x")).contains(at(well));
        listenFor(address, () -> settles(balancer, 2));
        settles(balancer, 1);
      }
      String who = "app " + Addresses.text(address);
      assertThat(changes.all())
          .containsExactly(who + " UNHEALTHY", who + " HEALTHY", who + " UNHEALTHY");
    }
  }

  private static void listenFor(InetSocketAddress address, Runnable meanwhile) throws Exception {
    try (ServerSocket _ = new ServerSocket(address.getPort(), 5, address.getAddress())) {
      meanwhile.run();
    }
  }

  /// The example of [HealthCheck].
  private static final class ReadyCheck implements HealthCheck {
    @Override
    public Duration every() {
      return QUICK.every();
    }

    @Override
    public void check(Backend backend, RequestThread thread, ServerRuntime runtime)
        throws Exception {
      UpstreamSession session = runtime.connector().connect(thread, HttpPeer.http(backend));
      try {
        session.sendRequest(RequestHeader.of("GET", "/load").set("Host", "app.test"), true);
        session.requestContent().flush();
        ResponseHeader answer = session.pollResponse();
        while (answer == null || answer.status() < 200) {
          if (answer == null) {
            thread.await(RequestThread.NEVER);
          }
          answer = session.pollResponse();
        }
        if (answer.headers().contains("X-Busy")) {
          throw new IOException("it is busy");
        }
      } finally {
        session.abort();
      }
    }
  }

  @Test
  void checkOfOnesOwnSaysWhoIsIllAndWhy() throws Exception {
    try (ScriptedServer busy =
            ScriptedServer.each(wire -> {
              wire.readRequest();
              wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Busy: 1\r\n\r\n");
              wire.expectGone();
            });
        TestOrigin well = TestOrigin.start()) {
      LoadBalancer<RoundRobin> balancer =
          balancer(new ReadyCheck(), at(well), Backend.of(busy.address(), 1));
      try (ServerRig _ = ServerRig.start(balancer)) {
        settles(balancer, 1);
        assertThat(balancer.status().backends().getLast().reason()).isEqualTo("it is busy");
        assertThat(balancer.status().backends().getFirst().reason()).isEmpty();
      }
    }
  }

  @Test
  void answerDecidesWhoIsWell() throws Exception {
    AtomicInteger status = new AtomicInteger(200);
    List<String> hosts = new ArrayList<>();
    try (TestOrigin origin =
        TestOrigin.start(exchange -> {
          synchronized (hosts) {
            hosts.add(exchange.method() + " " + exchange.target() + " " + exchange.first("host"));
          }
          exchange.respond(status.get(), "fine");
        })) {
      LoadBalancer<RoundRobin> balancer =
          balancer(HttpHealthCheck.of(QUICK, "/health", "app.test"), at(origin));
      try (ServerRig _ = ServerRig.start(balancer)) {
        Eventually.holds("asked", () -> origin.requests() > 1);
        assertThat(balancer.status().ready()).isEqualTo(1);
        for (int bad : new int[] {500, 404, 204}) {
          status.set(bad);
          settles(balancer, 0);
          status.set(200);
          settles(balancer, 1);
        }
      }
      synchronized (hosts) {
        assertThat(hosts).containsOnly("GET /health Optional[app.test]");
      }
    }
  }

  @Test
  void contentAndOtherStatusesMayBeExpected() throws Exception {
    try (TestOrigin origin = TestOrigin.start(e -> e.respond(301, "status: green"))) {
      HttpHealthCheck check = HttpHealthCheck.of(QUICK, "/", null);
      for (HealthCheck passes :
          List.of(
              check.expecting(Set.of(301)),
              check.expecting(Set.of(200, 301), "green"),
              check.validating((header, content) -> {}),
              check
                  .expecting(Set.of(301))
                  .withRequest(RequestHeader.of("HEAD", "/x").set("Host", "b")))) {
        LoadBalancer<RoundRobin> balancer = balancer(passes, at(origin).startingUnhealthy());
        try (ServerRig _ = ServerRig.start(balancer)) {
          settles(balancer, 1);
        }
      }
      for (HealthCheck fails :
          List.of(
              check,
              check.expecting(Set.of(301), "yellow"),
              check.validating((header, content) -> {
                throw new IllegalStateException("no");
              }))) {
        LoadBalancer<RoundRobin> balancer = balancer(fails, at(origin));
        try (ServerRig _ = ServerRig.start(balancer)) {
          settles(balancer, 0);
        }
      }
    }
  }

  @Test
  void connectionsAreKeptOnlyWhenAskedFor() throws Exception {
    try (TestOrigin origin = TestOrigin.start(e -> e.respond(200, "fine"))) {
      HttpHealthCheck check = HttpHealthCheck.of(QUICK, "/", null);
      try (ServerRig _ = ServerRig.start(balancer(check.reusingConnections(), at(origin)))) {
        Eventually.holds("asked", () -> origin.requests() >= 4);
      }
      assertThat(origin.connections()).isEqualTo(1);
      try (ServerRig _ = ServerRig.start(balancer(check, at(origin)))) {
        Eventually.holds("asked", () -> origin.requests() >= 8);
      }
      assertThat(origin.connections()).isGreaterThanOrEqualTo(4);
    }
  }

  @Test
  void checksThatHangAreGivenUpAndHoldNobodyUp() throws Exception {
    Gate end = new Gate("end of the test");
    TestOrigin.Handler hangs = _ -> end.await();
    try (TestOrigin a = TestOrigin.start(hangs);
        TestOrigin b = TestOrigin.start(hangs);
        TestOrigin c = TestOrigin.start(e -> e.respond(200, "fine"))) {
      CheckRules impatient = QUICK.withTimeout(Duration.ofMillis(100));
      LoadBalancer<RoundRobin> balancer =
          balancer(HttpHealthCheck.of(impatient, "/", null), at(a), at(b), at(c));
      try (ServerRig _ = ServerRig.start(balancer)) {
        settles(balancer, 1);
        Eventually.holds("asked again", () -> c.requests() >= 3);
      } finally {
        end.open();
      }
    }
  }

  @Test
  void endlessAnswersAreCutOff() throws Exception {
    ScriptedServer.Script endless =
        wire -> {
          wire.readRequest();
          wire.send("HTTP/1.1 200 OK\r\n\r\n");
          wire.sendContent(HttpHealthCheck.MAX_CONTENT + 1);
          wire.skipToGone();
        };
    try (ScriptedServer server = ScriptedServer.each(endless)) {
      LoadBalancer<RoundRobin> balancer =
          balancer(HttpHealthCheck.of(QUICK, "/", null), Backend.of(server.address(), 1));
      try (ServerRig _ = ServerRig.start(balancer)) {
        settles(balancer, 0);
      }
    }
  }

  @Test
  void unixSocketsAreChecked(@TempDir Path folder) throws Exception {
    Path path = folder.resolve("app.sock");
    try (TestOrigin _ = TestOrigin.unix(path, e -> e.respond(200, "fine"))) {
      LoadBalancer<RoundRobin> balancer =
          balancer(
              HttpHealthCheck.of(QUICK, "/", null),
              Backend.of("unix:" + path).startingUnhealthy(),
              Backend.of("unix:" + folder.resolve("nobody.sock")));
      try (ServerRig _ = ServerRig.start(balancer)) {
        Eventually.holds(
            "one well, one ill",
            () -> balancer.backends().getFirst().isReady() && balancer.status().ready() == 1);
      }
    }
  }

  @Test
  void anotherPortMayBeChecked() throws Exception {
    try (TestOrigin health = TestOrigin.start(e -> e.respond(200, "fine"))) {
      HealthCheck check = HttpHealthCheck.of(QUICK.withPort(health.port()), "/", null);
      LoadBalancer<RoundRobin> balancer =
          balancer(check, Backend.of("127.0.0.1:1").startingUnhealthy());
      try (ServerRig _ = ServerRig.start(balancer)) {
        settles(balancer, 1);
      }
    }
  }

  @Test
  void ownChecksMayThrowAnything() throws Exception {
    AtomicBoolean well = new AtomicBoolean();
    HealthCheck own =
        new HealthCheck() {
          @Override
          public void check(Backend backend, RequestThread thread, ServerRuntime runtime) {
            if (!well.get()) {
              throw new IllegalStateException();
            }
          }

          @Override
          public Duration every() {
            return Duration.ofMillis(100);
          }
        };
    LoadBalancer<RoundRobin> balancer = balancer(own, Backend.of("127.0.0.1:1"));
    try (ServerRig _ = ServerRig.start(balancer)) {
      settles(balancer, 0);
      well.set(true);
      settles(balancer, 1);
    }
  }

  @Test
  void shutdownDoesNotWaitForTheNextRound() throws Exception {
    LoadBalancer<RoundRobin> balancer =
        balancer(TcpHealthCheck.every(Duration.ofHours(1)), Backend.of("127.0.0.1:1"));
    long begun = System.nanoTime();
    try (ServerRig _ = ServerRig.start(balancer)) {
      settles(balancer, 0);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void senselessRulesAreRefused() {
    assertThatThrownBy(() -> TcpHealthCheck.every(Duration.ZERO))
        .hasMessage("every: PT0S (expected: 100 ms to 1 h)");
    assertThatThrownBy(() -> QUICK.withThresholds(0, 1)).hasMessageStartingWith("up, down: 0, 1");
    assertThatThrownBy(() -> QUICK.withPort(65_536)).hasMessageStartingWith("port: 65536");
    assertThatThrownBy(() -> QUICK.withTimeout(Duration.ZERO)).hasMessageStartingWith("timeout");
  }
}

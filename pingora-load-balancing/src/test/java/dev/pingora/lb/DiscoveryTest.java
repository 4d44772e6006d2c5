// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.core.connectors.Resolver;
import dev.pingora.core.connectors.ServiceRecord;
import dev.pingora.core.connectors.Services;
import dev.pingora.core.server.ResolverConf;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.runtime.RequestThread;
import dev.pingora.testkit.Eventually;
import dev.pingora.testkit.FakeResolver;
import dev.pingora.testkit.TestOrigin;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where backends come from, and what happens when that fails, flaps or talks nonsense.
class DiscoveryTest {
  private static final Duration QUICK = Duration.ofMillis(100);

  private static LoadBalancer<RoundRobin> balancer(Discovery discovery) {
    return LoadBalancer.builder("app", RoundRobin::of).discovery(discovery).build();
  }

  private static void settles(LoadBalancer<?> balancer, String... backends) {
    List<Backend> expected = java.util.stream.Stream.of(backends).map(Backend::of).toList();
    Eventually.holds(
        Duration.ofSeconds(20),
        () -> "not " + expected + " but " + balancer,
        () -> balancer.backends().equals(expected));
  }

  private static void fails(LoadBalancer<?> balancer, String why) {
    Eventually.holds(
        Duration.ofSeconds(20),
        () -> why + " in " + balancer.status(),
        () -> {
          var last = balancer.status().discovery();
          return last != null && last.failure() != null && last.failure().contains(why);
        });
  }

  // --- lists ---

  @Test
  void listsAreYamlOrJson() throws Exception {
    List<Backend> expected =
        List.of(
            Backend.of("10.0.0.1:80"),
            Backend.of("[::1]:80", 3),
            Backend.of("app.example:80", 0),
            Backend.of("unix:/run/a.sock"));
    List<Backend> yaml =
        ServerList.parse(
            """
            servers:
              - 10.0.0.1:80
              - { address: "[::1]:80", weight: 3, zone: b }
              - address: app.example:80
                weight: 0
              - unix:/run/a.sock
            """,
            "list");
    assertThat(yaml).isEqualTo(expected);
    assertThat(yaml.get(1).extension(Zone.class)).isEqualTo(new Zone("b"));
    assertThat(
            ServerList.parse(
                """
                {"servers": ["10.0.0.1:80", {"address": "[::1]:80", "weight": 3, "zone": "b"},
                  {"address": "app.example:80", "weight": 0}, "unix:/run/a.sock"]}
                """,
                "list"))
        .isEqualTo(expected);
  }

  @Test
  void nonsenseIsToldWithItsLine() {
    for (String text :
        List.of(
            "",
            "servers: []",
            "servers: 5",
            "servers: [nowhere]",
            "servers: [{ weight: 2 }]",
            "servers: [{ address: '10.0.0.1:80', weight: 65536 }]",
            "servers: [{ address: '10.0.0.1:80', weight: -1 }]",
            "servers: ['10.0.0.1:0']",
            "servers: ['10.0.0.1:80']\nmore: 1",
            "<html>",
            "\u0000\u0001",
            "a: &a [*a]",
            "servers: ['10.0.0.1:80'")) {
      assertThatThrownBy(() -> ServerList.parse(text, "list"))
          .as(text)
          .hasMessageContaining("list");
    }
  }

  // --- files ---

  private static void write(Path file, String text) throws Exception {
    Path next = file.resolveSibling("next");
    Files.writeString(next, text);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /// Whoever opened the pipe would wait for a writer that never comes.
  @Test
  void pipesAndFoldersAreRefused(@TempDir Path folder) throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    for (Path file : List.of(pipe, folder)) {
      assertThatThrownBy(() -> FileDiscovery.read(file)).hasMessage(file + " is no regular file");
    }
  }

  @Test
  void fileIsWatchedAndTheLastGoodOneKept(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("servers.yaml");
    LoadBalancer<RoundRobin> balancer = balancer(FileDiscovery.of(file, QUICK));
    try (ServerRig _ = ServerRig.start(balancer)) {
      fails(balancer, "servers.yaml does not exist");
      assertThat(balancer.select("x")).isEmpty();
      write(file, "servers: [10.0.0.1:80]");
      settles(balancer, "10.0.0.1:80");
      write(file, "servers: [10.0.0.1:80, 10.0.0.2:80]");
      settles(balancer, "10.0.0.1:80", "10.0.0.2:80");
      write(file, "servers: [10.0.0.3:80, nonsense]");
      fails(balancer, "servers.yaml:1: servers[1]: ");
      Files.delete(file);
      fails(balancer, "does not exist");
      settles(balancer, "10.0.0.1:80", "10.0.0.2:80");
      write(file, "servers: [10.0.0.9:80]");
      settles(balancer, "10.0.0.9:80");
      Eventually.holds("no failure", () -> !balancer.status().toString().contains("fails"));
    }
  }

  // --- HTTP ---

  @Test
  void serverIsPolledAndItsNonsenseIgnored() throws Exception {
    AtomicReference<String> answer = new AtomicReference<>("{\"servers\": [\"10.0.0.1:80\"]}");
    AtomicReference<Integer> status = new AtomicReference<>(200);
    try (TestOrigin origin =
        TestOrigin.start(e -> {
          if (!e.target().equals("/v1/app?zone=a")) {
            e.respond(404, "");
          } else {
            e.respond(status.get(), answer.get());
          }
        })) {
      URI uri = URI.create("http://127.0.0.1:" + origin.port() + "/v1/app?zone=a");
      LoadBalancer<RoundRobin> balancer = balancer(HttpDiscovery.of(uri, QUICK));
      try (ServerRig _ = ServerRig.start(balancer)) {
        assertThat(balancer.backends()).hasSize(1); // the server starts when they are known
        answer.set("{\"servers\": [\"10.0.0.1:80\", \"10.0.0.2:80\"]}");
        settles(balancer, "10.0.0.1:80", "10.0.0.2:80");
        status.set(500);
        fails(balancer, "answers 500");
        status.set(200);
        answer.set("<html>oops</html>");
        fails(balancer, "/v1/app?zone=a:1: ");
        answer.set("{\"servers\": []}");
        fails(balancer, "servers");
        settles(balancer, "10.0.0.1:80", "10.0.0.2:80");
      }
    }
  }

  @Test
  void urisOfOtherKindsAreRefused() {
    for (String uri : List.of("ftp://a/", "http:///x", "/x", "http://user@a/", "mailto:x")) {
      assertThatThrownBy(() -> HttpDiscovery.of(URI.create(uri), QUICK))
          .as(uri)
          .hasMessageStartingWith("uri: " + uri + " (expected: http://");
    }
  }

  // --- DNS ---

  @Test
  void everyAddressOfANameIsABackend() throws Exception {
    FakeResolver names = new FakeResolver().answer("app.test", "10.0.0.1", "2001:db8::1");
    Resolver resolver =
        Resolver.blocking(
            names::resolve,
            ResolverConf.builder()
                .minTtl(Duration.ofSeconds(1))
                .maxTtl(Duration.ofSeconds(1))
                .negativeTtl(Duration.ofSeconds(1))
                .build());
    LoadBalancer<RoundRobin> balancer =
        balancer(DnsDiscovery.addresses("app.test", 80, Duration.ofMillis(100)));
    try (ServerRig _ = ServerRig.start(balancer, resolver)) {
      settles(balancer, "10.0.0.1:80", "[2001:db8:0:0:0:0:0:1]:80");
      names.answer("app.test", "10.0.0.2");
      settles(balancer, "10.0.0.2:80");
      names.fail("app.test", "gone");
      fails(balancer, "app.test");
      settles(balancer, "10.0.0.2:80");
      names.answer("app.test", "10.0.0.3");
      settles(balancer, "10.0.0.3:80");
    }
  }

  /// Knows one service, as the test wants it.
  private static final class OneService implements Resolver {
    private final AtomicReference<List<ServiceRecord>> records = new AtomicReference<>(List.of());

    @Override
    public List<InetAddress> resolve(RequestThread thread, String host, long deadline)
        throws ProxyException {
      throw ProxyException.upstream(ErrorKind.CONNECT_NO_ROUTE, "no hosts here");
    }

    @Override
    public Services services(RequestThread thread, String name, long deadline)
        throws ProxyException {
      List<ServiceRecord> now = records.get();
      if (now.isEmpty()) {
        throw ProxyException.upstream(ErrorKind.CONNECT_NO_ROUTE, "no service is called %s", name);
      }
      return new Services(now, Duration.ofMillis(100));
    }
  }

  @Test
  void serversOfTheBestPriorityServe() throws Exception {
    OneService resolver = new OneService();
    resolver.records.set(
        List.of(
            new ServiceRecord(20, 1, 80, "backup.test"),
            new ServiceRecord(10, 60, 8080, "a.test"),
            new ServiceRecord(10, 0, 8081, "b.test")));
    LoadBalancer<RoundRobin> balancer = balancer(DnsDiscovery.services("_http._tcp.app", null));
    try (ServerRig _ = ServerRig.start(balancer, resolver)) {
      assertThat(balancer.backends())
          .containsExactly(Backend.of("a.test:8080", 60), Backend.of("b.test:8081", 1));
      resolver.records.set(List.of(new ServiceRecord(20, 1, 80, "backup.test")));
      settles(balancer, "backup.test:80"); // as soon as the TTL is over
      resolver.records.set(List.of());
      fails(balancer, "no service is called");
      settles(balancer, "backup.test:80");
    }
  }

  /// A source that flaps every time costs no backend its state.
  @Test
  void flappingSourceLosesNoState() throws Exception {
    boolean[] odd = {false};
    LoadBalancer<RoundRobin> balancer =
        balancer(_ -> {
          odd[0] ^= true;
          if (odd[0]) {
            return Discovery.Discovered.of(Sets.even(3));
          }
          throw new IllegalStateException("flap");
        });
    balancer.update();
    Sets.state(balancer, 1).checked(false, 1, "");
    for (int i = 0; i < 10; i++) {
      try {
        balancer.update();
      } catch (IllegalStateException e) {
        assertThat(e).hasMessage("flap");
      }
      assertThat(balancer.status().ready()).isEqualTo(2);
    }
  }
}

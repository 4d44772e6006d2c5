// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.core.apps.Stream;
import dev.pingora.core.configuration.ConfigurationException;
import dev.pingora.core.services.HttpServerService;
import dev.pingora.core.services.ListeningService;
import dev.pingora.core.services.Service;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.testkit.Eventually;
import dev.pingora.testkit.Gate;
import dev.pingora.testkit.RawHttp;
import dev.pingora.testkit.ScriptedClient;
import dev.pingora.testkit.Wire;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The life of a server: start, run, both ways to end, and starts that fail.
class ServerTest {
  @TempDir private Path folder;

  private final List<String> events = new CopyOnWriteArrayList<>();

  private static ServerConf conf() {
    return ServerConf.defaults().toBuilder().threads(1).build();
  }

  private Server watched(ServerConf conf) {
    Server server = Server.create(conf);
    server.watchExecutionPhase(phase -> events.add(phase.name()));
    return server;
  }

  /// Notes what the server does with it.
  private Service noting(String name) {
    return new Service() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public void start(ServerRuntime runtime) {
        events.add("start " + name);
      }

      @Override
      public void stopAccepting() {
        events.add("stop " + name);
      }

      @Override
      public void cleanup() {
        events.add("cleanup " + name);
      }
    };
  }

  private static Service failing(Exception failure) {
    return new Service() {
      @Override
      public String name() {
        return "failing";
      }

      @Override
      public void start(ServerRuntime runtime) throws Exception {
        throw failure;
      }
    };
  }

  private static int port(ListeningService service) {
    return ((InetSocketAddress) service.addresses().getFirst()).getPort();
  }

  private static ListeningService hello() {
    return HttpServerService.of("hello", (request, response) -> response.respond(200))
        .addTcp("127.0.0.1:0");
  }

  @Test
  void servicesStartInTheirOrderAndAllAreToldOfTheEnd() throws Exception {
    Server server = watched(conf());
    server.addService(noting("a"));
    server.addService(noting("b"));
    server.start();
    assertThat(server.phase()).isEqualTo(ExecutionPhase.RUNNING);
    server.shutdown(Shutdown.FAST);
    server.awaitEnd();
    // SRV-3
    assertThat(events)
        .containsExactly(
            "BOOTSTRAP",
            "BOOTSTRAP_COMPLETE",
            "start a",
            "start b",
            "RUNNING",
            "SHUTDOWN_STARTED",
            "stop a",
            "stop b",
            "SHUTDOWN_RUNTIMES",
            "cleanup a",
            "cleanup b",
            "TERMINATED");
  }

  @Test
  void gracefulEndHasItsOwnPhases() throws Exception {
    Server server = watched(conf());
    server.start();
    server.shutdown(Shutdown.GRACEFUL);
    server.awaitEnd();
    // SRV-4
    assertThat(events)
        .containsExactly(
            "BOOTSTRAP",
            "BOOTSTRAP_COMPLETE",
            "RUNNING",
            "GRACEFUL_TERMINATE",
            "SHUTDOWN_STARTED",
            "SHUTDOWN_GRACE_PERIOD",
            "SHUTDOWN_RUNTIMES",
            "TERMINATED");
  }

  @Test
  void bootstrapTwiceIsOnce() {
    Server server = watched(conf());
    server.bootstrap();
    server.bootstrap();
    assertThat(events).containsExactly("BOOTSTRAP", "BOOTSTRAP_COMPLETE");
  }

  @Test
  void startThatFailsClosesWhatListensAlready() throws Exception {
    Path socket = folder.resolve("first.sock");
    Server server = watched(conf());
    ListeningService first = server.addService(hello());
    first.addUds(socket.toString(), 0600);
    server.addService(noting("second"));
    server.addService(failing(ProxyException.of(ErrorKind.BIND_ERROR, "no luck")));
    server.addService(noting("never"));
    assertThatThrownBy(server::start)
        .isInstanceOf(ProxyException.class)
        .hasMessageContaining("no luck");
    assertThat(server.phase()).isEqualTo(ExecutionPhase.TERMINATED);
    assertThat(events).contains("start second", "cleanup second").doesNotContain("start never");
    assertThat(events).doesNotContain("RUNNING");
    int port = port(first);
    assertThatThrownBy(() -> ScriptedClient.tcp(port)).isInstanceOf(AssertionError.class);
    assertThat(socket).doesNotExist();
  }

  @Test
  void exceptionOfAServiceNamesIt() {
    Server server = Server.create(conf());
    server.addService(failing(new IOException("disk full")));
    assertThatThrownBy(server::run)
        .isInstanceOf(ProxyException.class)
        .hasMessageContaining("service failing cannot start")
        .hasMessageContaining("disk full");
  }

  @Test
  void runReturnsAfterAShutdownThatCameBeforeIt() throws Exception {
    Server server = watched(conf());
    server.shutdown(Shutdown.FAST);
    server.run();
    assertThat(server.phase()).isEqualTo(ExecutionPhase.TERMINATED);
  }

  @Test
  void runForeverReturnsAfterAShutdown() throws Exception {
    Server server = watched(conf());
    server.watchExecutionPhase(phase -> {
      if (phase == ExecutionPhase.RUNNING) {
        server.shutdown(Shutdown.GRACEFUL);
      }
    });
    server.runForever();
    assertThat(events).endsWith("TERMINATED");
  }

  @Test
  void twoServersInOneJvmShareNothing() throws Exception {
    Server one = Server.create(conf());
    Server two = Server.create(conf());
    ListeningService a = one.addService(hello());
    ListeningService b = two.addService(hello());
    one.start();
    two.start();
    assertThat(port(a)).isNotEqualTo(port(b));
    one.shutdown(Shutdown.FAST);
    one.awaitEnd();
    try (Wire client = ScriptedClient.tcp(port(b))) {
      assertThat(client.send(RawHttp.get("/")).readResponse().status()).isEqualTo(200);
    }
    two.shutdown(Shutdown.FAST);
    two.awaitEnd();
  }

  // --- ending with work under way ---

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void gracefulEndWaitsForTheRequestUnderWay(boolean stealing) throws Exception {
    Gate asked = new Gate("the request is served");
    ListeningService service =
        HttpServerService.of(
                "slow",
                (request, response) -> {
                  asked.open();
                  // Ends when the content does: the client decides.
                  byte[] content = request.all(100);
                  response.respond(200, "text/plain", content);
                })
            .addTcp("127.0.0.1:0");
    Server server = Server.create(conf().toBuilder().workStealing(stealing).build());
    server.addService(service);
    server.start();
    int port = port(service);
    try (Wire idle = ScriptedClient.tcp(port);
        Wire busy = ScriptedClient.tcp(port)) {
      busy.send(RawHttp.head("POST / HTTP/1.1", "Host: x", "Content-Length: 3") + "ab");
      asked.await();
      server.shutdown(Shutdown.GRACEFUL);
      idle.expectClosed();
      Eventually.holds("it refuses", () -> refuses(port));
      assertThat(server.phase()).isEqualTo(ExecutionPhase.SHUTDOWN_GRACE_PERIOD);
      busy.send("c");
      var response = busy.readResponse();
      assertThat(response.text()).isEqualTo("abc");
      assertThat(response.first("Connection")).contains("close");
      busy.expectClosed();
      server.awaitEnd();
    }
  }

  private static boolean refuses(int port) {
    try (Wire _ = ScriptedClient.tcp(port)) {
      return false;
    } catch (AssertionError e) {
      return true;
    }
  }

  private static void echo(Stream stream) throws ProxyException {
    ByteBuffer buffer = ByteBuffer.allocate(100);
    while (stream.read(buffer) >= 0) {
      stream.write(buffer.flip());
      buffer.clear();
    }
  }

  @Test
  void gracePeriodIsTheLongestWait() throws Exception {
    Server server = Server.create(conf().toBuilder().gracePeriod(Duration.ofSeconds(1)).build());
    ListeningService service =
        server.addService(
            ListeningService.tcp("echo", (stream, _) -> echo(stream)).addTcp("127.0.0.1:0"));
    server.start();
    try (Wire client = ScriptedClient.tcp(port(service))) {
      client.send("a").expect("a");
      long begun = System.nanoTime();
      server.shutdown(Shutdown.GRACEFUL);
      server.awaitEnd();
      assertThat(Duration.ofNanos(System.nanoTime() - begun))
          .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(20));
      client.expectGone();
    }
  }

  @Test
  void fastEndCutsOffAndMayFollowAGracefulOne() throws Exception {
    Server server = Server.create(conf());
    ListeningService service =
        server.addService(
            ListeningService.tcp("echo", (stream, _) -> echo(stream)).addTcp("127.0.0.1:0"));
    server.start();
    try (Wire client = ScriptedClient.tcp(port(service))) {
      client.send("a").expect("a");
      server.shutdown(Shutdown.GRACEFUL);
      Eventually.holds("it waits", () -> server.phase() == ExecutionPhase.SHUTDOWN_GRACE_PERIOD);
      server.shutdown(Shutdown.FAST);
      server.awaitEnd(); // the grace period would be five minutes
      client.expectGone();
    }
  }

  // --- made from a command line ---

  @Test
  void commandLineNamesTheConfiguration() throws Exception {
    Path file = Files.writeString(folder.resolve("conf.yaml"), "threads: 3\nmine: 1\n");
    Server server = Server.create(Options.parse("-c", file.toString()));
    assertThat(server.configuration().threads()).isEqualTo(3);
    assertThat(Server.create(Options.none()).configuration()).isEqualTo(ServerConf.defaults());
  }

  @Test
  void brokenConfigurationOfTheCommandLineIsNamed() throws Exception {
    Path file = Files.writeString(folder.resolve("conf.yaml"), "threads: many\n");
    assertThatThrownBy(() -> Server.create(Options.parse("-c", file.toString())))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(file + ":1: threads");
  }

  @Test
  void testFlagEndsTheRunBeforeServicesStart() throws Exception {
    Path file = Files.writeString(folder.resolve("conf.yaml"), "threads: 1\n");
    Server server = Server.create(Options.parse("-t", "-c", file.toString()));
    server.watchExecutionPhase(phase -> events.add(phase.name()));
    server.addService(noting("a"));
    server.run();
    assertThat(events).containsExactly("BOOTSTRAP", "BOOTSTRAP_COMPLETE", "TERMINATED");
  }
}

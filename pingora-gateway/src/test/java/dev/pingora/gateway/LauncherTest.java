// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.Eventually;
import dev.pingora.testkit.Gate;
import dev.pingora.testkit.RawHttp;
import dev.pingora.testkit.RawResponse;
import dev.pingora.testkit.ScriptedClient;
import dev.pingora.testkit.TestOrigin;
import dev.pingora.testkit.Tool;
import dev.pingora.testkit.Wire;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The process that `./pingora` becomes: how it starts, how signals end it, what it says when it
/// cannot start.
class LauncherTest {
  /// Far below every wait of the gateway's own, far above what ending takes.
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir private Path folder;

  @BeforeAll
  static void build() {
    Launched.build();
  }

  private Launched start(int origin, String more) throws Exception {
    return Launched.start(
        folder,
        """
        threads: 1
        listeners: [{ address: "127.0.0.1:0" }]
        upstreams:
          app: { servers: ["127.0.0.1:%d"] }
        routes:
          - upstream: app
          - { match: { path: /own }, respond: { body: "own" } }
        %s
        """
            .formatted(origin, more));
  }

  @Test
  void helpAndVersionEndAtOnce() {
    assertThat(Launched.run("--version").orFail().out()).matches("pingora [0-9.]+\n");
    assertThat(Launched.run("--help").orFail().out()).startsWith("Usage: pingora");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void signalEndsAnIdleGatewayAtOnce(String signal) throws Exception {
    try (Launched gateway = start(1, "");
        Wire idle = gateway.connect()) {
      assertThat(idle.send(RawHttp.get("/own")).readResponse().text()).isEqualTo("own");
      long begun = System.nanoTime();
      gateway.signal(signal);
      // 0, or what a shell makes of the signal
      assertThat(gateway.awaitExit(SOON)).isIn(0, 143, 130);
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
      idle.expectGone();
    }
  }

  @Test
  void whatIsUnderWayEndsAndNothingNewBegins() throws Exception {
    Gate begun = new Gate("half of the download was sent");
    Gate asked = new Gate("the second request has come");
    Gate on = new Gate("the origin may go on");
    try (TestOrigin origin =
            TestOrigin.start(exchange -> {
              if (exchange.target().equals("/second")) {
                asked.open();
                on.await();
                exchange.respond(200, "second");
                return;
              }
              exchange.startChunks(200);
              byte[] part = new byte[1000];
              exchange.sendChunk(part, part.length);
              begun.open();
              on.await();
              exchange.sendChunk(part, part.length);
              exchange.endChunks();
            });
        Launched gateway = start(origin.port(), "grace_period_seconds: 60");
        Wire download = gateway.connect();
        Wire other = gateway.connect()) {
      int port = gateway.port();
      download.send(RawHttp.get("/download"));
      other.send(RawHttp.get("/second"));
      begun.await();
      asked.await();
      gateway.signal("TERM");
      Eventually.holds("new connections are refused", () -> refuses(port));
      assertThat(gateway.isAlive()).isTrue();
      on.open();
      assertThat(download.readResponse().message().text()).hasSize(2000);
      RawResponse second = other.readResponse();
      assertThat(second.text()).isEqualTo("second");
      assertThat(second.first("Connection")).contains("close");
      other.expectClosed();
      download.expectClosed();
      assertThat(gateway.awaitExit(SOON)).isIn(0, 143);
    }
  }

  private static boolean refuses(int port) {
    try (Wire _ = ScriptedClient.tcp(port)) {
      return false;
    } catch (AssertionError e) {
      return true;
    }
  }

  @Test
  void gracePeriodIsTheLongestWait() throws Exception {
    Gate asked = new Gate("the request has come");
    Gate never = new Gate("the end of the test");
    try (TestOrigin origin =
            TestOrigin.start(exchange -> {
              asked.open();
              never.await();
            });
        Launched gateway = start(origin.port(), "grace_period_seconds: 1");
        Wire client = gateway.connect()) {
      client.send(RawHttp.get("/"));
      asked.await();
      long begun = System.nanoTime();
      gateway.signal("TERM");
      assertThat(gateway.awaitExit(SOON)).isIn(0, 143);
      assertThat(Duration.ofNanos(System.nanoTime() - begun))
          .isGreaterThanOrEqualTo(Duration.ofSeconds(1));
      client.skipToGone();
      never.open();
    }
  }

  @Test
  void addressInUseIsOneLineAndExit1() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      Path file =
          Files.writeString(
              folder.resolve("taken.yaml"),
              """
              log: { level: error }
              listeners: [{ address: "127.0.0.1:%d" }]
              routes: [{ respond: {} }]
              """
                  .formatted(taken.getLocalPort()));
      Tool.Result result = Launched.run("-c", file.toString());
      assertThat(result.exit()).isEqualTo(1);
      assertThat(result.out() + result.err())
          .hasLineCount(1)
          .startsWith("pingora: ")
          .contains("127.0.0.1:" + taken.getLocalPort())
          .containsIgnoringCase("in use");
    }
  }

  @Test
  void fileThatCannotBeReadIsOneLineAndExit1() {
    Path missing = folder.resolve("missing.yaml");
    Tool.Result result = Launched.run("-c", missing.toString());
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.out() + result.err()).isEqualTo(missing + ": cannot be read: no such file\n");
  }

  @Test
  void brokenConfigurationNamesItsPlacesAndExits1() throws Exception {
    Path file = Files.writeString(folder.resolve("bad.yaml"), "thread: 1\nroutes: []\n");
    for (String[] arguments :
        new String[][] {{"-c", file.toString()}, {"-t", "-c", file.toString()}}) {
      Tool.Result result = Launched.run(arguments);
      assertThat(result.exit()).isEqualTo(1);
      assertThat(result.out()).isEmpty();
      assertThat(result.err().lines())
          .hasSize(3)
          .allSatisfy(line -> assertThat(line).startsWith(file.toString()))
          .anySatisfy(line -> assertThat(line).contains(":1: thread", "did you mean: threads"));
    }
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.core.server.Shutdown;
import dev.pingora.testkit.Eventually;
import dev.pingora.testkit.Gate;
import dev.pingora.testkit.RawHttp;
import dev.pingora.testkit.ScriptedServer;
import dev.pingora.testkit.TestOrigin;
import dev.pingora.testkit.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// HTTP/2 by prior knowledge in front of HTTP/1.1 servers, with nghttp2's clients and curl.
class Http2EndToEndTest {
  @TempDir private Path folder;

  private static GatewayRig rig(boolean stealing, int port) throws Exception {
    return GatewayRig.with(
        """
        work_stealing: %s
        upstream_keepalive_pool_size: 200
        upstreams:
          app: { servers: ["127.0.0.1:%d"] }
        routes:
          - upstream: app
          - { match: { host: other.example }, respond: { body: "by authority" } }
        """
            .formatted(stealing, port));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everyRequestOfALoadIsAnswered(boolean stealing) throws Exception {
    try (TestOrigin origin = TestOrigin.start();
        GatewayRig rig = rig(stealing, origin.port())) {
      Tool.Result load =
          Tool.run("h2load", "-n", "2000", "-c", "10", "-m", "20", rig.url("/bytes/1000"));
      assertThat(load.orFail().out())
          .contains("2000 succeeded, 0 failed, 0 errored, 0 timeout")
          .contains("2000 2xx");
      assertThat(origin.failures().all()).isEmpty();
      assertThat(origin.connections()).isLessThanOrEqualTo(200); // one for each stream of the load
    }
  }

  @Test
  void authorityChoosesTheRouteAndBecomesHost() throws Exception {
    try (TestOrigin origin = TestOrigin.start(e -> e.respond(200, e.first("Host").orElse("-")));
        GatewayRig rig = rig(false, origin.port())) {
      assertThat(curl(rig, "-H", "Host: other.example").out()).isEqualTo("by authority");
      assertThat(curl(rig, "-H", "Host: mine.example:81").out()).isEqualTo("mine.example:81");
    }
  }

  private static Tool.Result curl(GatewayRig rig, String... arguments) {
    String[] all = new String[arguments.length + 3];
    all[0] = "-sS";
    all[1] = "--http2-prior-knowledge";
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    all[all.length - 1] = rig.url("/");
    return Tool.run("curl", all).orFail();
  }

  @Test
  void trailersArriveInBothDirections() throws Exception {
    AtomicReference<String> received = new AtomicReference<>("");
    ScriptedServer.Script script =
        wire -> {
          received.set(wire.readRequest().toString());
          wire.send(RawHttp.head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked"));
          wire.send("2\r\nok\r\n0\r\nX-Sum: 42\r\n\r\n");
          var _ = wire.readToEnd();
        };
    try (ScriptedServer origin = ScriptedServer.builder().next(script).tcp();
        GatewayRig rig = rig(false, origin.port())) {
      Path content = Files.writeString(folder.resolve("content"), "content");
      // With a length HTTP/1.1 has no place for trailers, and they are dropped (RFC 9110 §6.5.1).
      Tool.Result result =
          Tool.run(
              "nghttp",
              "-v",
              "--no-content-length",
              "-d",
              content.toString(),
              "--trailer",
              "x-check: 7",
              rig.url("/"));
      assertThat(result.orFail().out()).contains("x-sum: 42").contains("ok");
      assertThat(received.get()).containsIgnoringCase("x-check: 7");
    }
  }

  @Test
  void upstreamThatBreaksOffResetsTheStreamOnly() throws Exception {
    ScriptedServer.Script breaks =
        wire -> {
          var _ = wire.readRequest();
          wire.send(RawHttp.head("HTTP/1.1 200 OK", "Content-Length: 100") + "short");
          wire.close();
        };
    try (ScriptedServer origin = ScriptedServer.each(breaks);
        GatewayRig rig = rig(false, origin.port())) {
      Tool.Result result = Tool.run("nghttp", "-v", rig.url("/"), rig.url("/again"));
      assertThat(result.out()).contains("RST_STREAM").doesNotContain("error_code=PROTOCOL_ERROR");
      Matcher resets = Pattern.compile("recv RST_STREAM").matcher(result.out());
      assertThat(resets.results().count()).isEqualTo(2); // one connection, two streams
    }
  }

  @Test
  void clientThatGivesUpIsNoticedUpstream() throws Exception {
    Gate asked = new Gate("the request has come");
    Gate left = new Gate("the connection was closed");
    ScriptedServer.Script waits =
        wire -> {
          var _ = wire.readRequest();
          asked.open();
          wire.expectGone();
          left.open();
        };
    try (ScriptedServer origin = ScriptedServer.builder().next(waits).tcp();
        GatewayRig rig = rig(false, origin.port())) {
      try (Tool.Running _ = Tool.start("curl", "-sS", "--http2-prior-knowledge", rig.url("/"))) {
        asked.await();
      }
      left.await();
    }
  }

  @Test
  void goAwayAtShutdownLetsWhatIsUnderWayEnd() throws Exception {
    Gate asked = new Gate("the request has come");
    Gate answer = new Gate("the origin may answer");
    try (TestOrigin origin =
            TestOrigin.start(exchange -> {
              asked.open();
              answer.await();
              exchange.respond(200, "late");
            });
        GatewayRig rig = rig(false, origin.port());
        Tool.Running client = Tool.start("nghttp", "-v", rig.url("/"))) {
      asked.await();
      rig.gateway().server().shutdown(Shutdown.GRACEFUL);
      Eventually.holds("GOAWAY", () -> client.output().contains("GOAWAY"));
      answer.open();
      rig.gateway().server().awaitEnd();
      Eventually.holds("the client ends", () -> !client.isAlive());
      assertThat(client.output()).contains("late").contains("NO_ERROR");
    }
  }

  @Test
  void bothVersionsShareAListener() throws Exception {
    try (TestOrigin origin = TestOrigin.start();
        GatewayRig rig = rig(false, origin.port())) {
      String url = rig.url("/x");
      assertThat(Tool.run("curl", "-sS", "--http1.1", "-w", " %{http_version}", url).out())
          .isEqualTo("/x 1.1");
      assertThat(
              Tool.run("curl", "-sS", "--http2-prior-knowledge", "-w", " %{http_version}", url)
                  .out())
          .isEqualTo("/x 2");
      // Without prior knowledge curl offers an upgrade, which we leave alone (RFC 9113 §3.1).
      assertThat(Tool.run("curl", "-sS", "--http2", "-w", " %{http_version}", url).out())
          .isEqualTo("/x 1.1");
    }
  }

  @Test
  void withoutTheProtocolAPrefaceIsAMalformedRequest() throws Exception {
    try (GatewayRig rig =
        GatewayRig.start(
            """
            threads: 1
            listeners: [{ address: "127.0.0.1:0" }]
            routes: [{ respond: {} }]
            """)) {
      Tool.Result result =
          Tool.run(
              Duration.ofSeconds(30), "", "curl", "-sS", "--http2-prior-knowledge", rig.url("/"));
      assertThat(result.exit()).isNotZero();
      try (var client = rig.connect()) {
        client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        assertThat(client.readResponse().status()).isIn(400, 505);
        client.expectGone();
      }
    }
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ScriptedPeersTest {
  private static final Duration SHORT = Duration.ofMillis(50);

  @Test
  void playsScriptsInTheOrderOfConnections() {
    try (ScriptedServer server =
        ScriptedServer.builder()
            .next(c -> c.expect("one").send("1"))
            .next(c -> c.expect("two").send("2"))
            .tcp()) {
      try (Wire first = ScriptedClient.tcp(server.port());
          Wire second = ScriptedClient.tcp(server.port())) {
        second.send("two").expect("2").expectClosed();
        first.send("one").expect("1").expectClosed();
      }
      server.awaitScripts();
      assertThat(server.received()).containsExactly("one", "two");
      assertThat(server.accepted()).isEqualTo(2);
    }
  }

  @Test
  void choosesScriptsByTheFirstBytesInAnyOrder() {
    try (ScriptedServer server =
        ScriptedServer.builder()
            .when("GET /a", c -> c.expect("GET /abc").send("A"))
            .when("GET /b", c -> c.expect("GET /b").send("B"))
            .next(c -> c.expect("POST").send("next"))
            .otherwise(c -> c.send("other"))
            .tcp()) {
      for (String[] pair :
          new String[][] {{"GET /b", "B"}, {"POST", "next"}, {"GET /b", "other"}}) {
        try (Wire client = ScriptedClient.tcp(server.port())) {
          client.send(pair[0]).expect(pair[1]).expectGone();
        }
      }
      try (Wire client = ScriptedClient.tcp(server.port())) {
        client.sendInPieces("GET /abc", 1).expect("A");
      }
      server.awaitScripts();
    }
  }

  @Test
  void speaksOverUnixSocketsAndRemovesThem(@TempDir Path directory) {
    Path path = directory.resolve("s");
    try (ScriptedServer server =
            ScriptedServer.builder().next(c -> c.expect("ping").send("pong")).unix(path);
        Wire client = ScriptedClient.unix(path)) {
      client.send("ping").expect("pong").expectClosed();
      server.awaitScripts();
    }
    assertThat(Files.exists(path)).isFalse();
  }

  @Test
  void tellsResetFromOrderlyClose() {
    try (ScriptedServer server =
        ScriptedServer.builder()
            .next(c -> c.expect("x").reset())
            .next(c -> c.expect("x"))
            .next(c -> c.expect("x").reset())
            .next(c -> c.expect("x").close())
            .tcp()) {
      try (Wire client = ScriptedClient.tcp(server.port())) {
        client.send("x").expectReset();
      }
      try (Wire client = ScriptedClient.tcp(server.port())) {
        client.send("x").expectClosed();
      }
      try (Wire client = ScriptedClient.tcp(server.port()).send("x")) {
        assertThatThrownBy(client::expectClosed)
            .hasMessageContaining("reset instead of an orderly");
      }
      try (Wire client = ScriptedClient.tcp(server.port()).send("x")) {
        assertThatThrownBy(client::expectReset).hasMessageContaining("orderly end instead");
      }
    }
  }

  @Test
  void halfCloseEndsOneDirectionOnly() {
    try (ScriptedServer server =
            ScriptedServer.each(c -> {
              byte[] all = c.readToEnd();
              c.send("got " + all.length);
            });
        Wire client = ScriptedClient.tcp(server.port())) {
      client.send("12345").halfClose().expect("got 5").expectClosed();
    }
  }

  @Test
  void staysSilentUntilReleased() {
    Gate gate = new Gate("answer");
    try (ScriptedServer server =
            ScriptedServer.each(c -> {
              c.expect("?");
              gate.await();
              c.send("!");
            });
        Wire client = ScriptedClient.tcp(server.port())) {
      client.send("?").expectNothingYet();
      gate.open();
      client.expect("!");
    }
  }

  @Test
  void mismatchShowsWhereTheBytesPart() {
    try (ScriptedServer server =
            ScriptedServer.builder().next(c -> c.expect("GET /a HTTP/1.1\r\n")).tcp();
        Wire client = ScriptedClient.tcp(server.port())) {
      client.send("GET /b HTTP/1.1\r\n");
      AssertionError error = catchThrowableOfType(AssertionError.class, server::awaitScripts);
      assertThat(error)
          .hasMessage(
              """
              script failed: differs at byte 5:
                expected: GET /a HTTP/1.1\\r\\n
                received: GET /b HTTP/1.1\\r\\n
                               ^\
              """);
    }
  }

  @Test
  void mismatchFailsBeforeAllExpectedBytesCame() {
    try (ScriptedServer server = ScriptedServer.each(c -> c.send("ax").readToEnd());
        Wire client = ScriptedClient.tcp(server.port())) {
      assertThatThrownBy(() -> client.expect("ab" + "c".repeat(1000)))
          .hasMessageContaining("differs at byte 1");
    }
  }

  @Test
  void waitEndsAndNamesWhatWasAwaitedAndWhatCame() {
    try (ScriptedServer server = ScriptedServer.each(c -> c.send("HTTP/1.1 2").readToEnd());
        Wire client = ScriptedClient.tcp(server.port()).within(SHORT)) {
      assertThatThrownBy(client::readHead)
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("waited PT0.05S for '\\r\\n\\r\\n' after 'HTTP/1.1 2'")
          .hasMessageContaining("received so far: 'HTTP/1.1 2'");
    }
  }

  @Test
  void endInTheMiddleIsToldFromSilence() {
    try (ScriptedServer server = ScriptedServer.each(c -> c.send("HT"));
        Wire client = ScriptedClient.tcp(server.port())) {
      assertThatThrownBy(() -> client.read(3))
          .hasMessageContaining("connection closed while waiting");
    }
  }

  @Test
  void expectClosedRefusesFurtherBytes() {
    try (ScriptedServer server = ScriptedServer.each(c -> c.send("more"));
        Wire client = ScriptedClient.tcp(server.port())) {
      assertThatThrownBy(client::expectClosed).hasMessageContaining("got 'more'");
    }
  }

  @Test
  void expectNothingYetSeesWhatCame() {
    try (ScriptedServer server = ScriptedServer.each(c -> c.send("ab").readToEnd());
        Wire client = ScriptedClient.tcp(server.port())) {
      client.expect("a");
      assertThatThrownBy(client::expectNothingYet).hasMessageContaining("got 'b'");
    }
  }

  @Test
  void connectionTooManyIsResetAndReported() {
    ScriptedServer server = ScriptedServer.builder().tcp();
    try (Wire client = ScriptedClient.tcp(server.port())) {
      client.expectReset();
    }
    assertThatThrownBy(server::awaitScripts).hasMessageContaining("no script is left");
    server.close();
  }

  @Test
  void failureNobodyAskedForIsThrownByClose() {
    ScriptedServer server = ScriptedServer.each(c -> c.expect("x"));
    try (Wire client = ScriptedClient.tcp(server.port())) {
      client.send("y").expectGone();
    }
    assertThatThrownBy(server::close).hasMessageContaining("script failed: differs at byte 0");
  }

  @Test
  void scriptNotPlayedIsReportedWithWhatCame() {
    try (ScriptedServer server = ScriptedServer.builder().next(c -> {}).next(c -> {}).tcp();
        Wire client = ScriptedClient.tcp(server.port())) {
      client.expectClosed();
      assertThatThrownBy(() -> server.awaitScripts(SHORT))
          .hasMessageContaining("1 for the next connections");
    }
  }

  @Test
  void closeEndsScriptsThatWait() {
    Gate reached = new Gate("script waits");
    ScriptedServer server =
        ScriptedServer.each(c -> {
          reached.open();
          c.readHead();
        });
    try (Wire client = ScriptedClient.tcp(server.port())) {
      reached.await();
      server.close();
      client.expectGone();
    }
  }

  @Test
  void refusedConnectionSaysWhere() {
    int port;
    try (ScriptedServer server = ScriptedServer.builder().tcp()) {
      port = server.port();
    }
    assertThatThrownBy(() -> ScriptedClient.tcp(port))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("127.0.0.1:" + port);
  }

  @Test
  void movesEveryByteOfLongContentBothWays() {
    byte[] content = new byte[3_000_000];
    new Random(7).nextBytes(content);
    try (ScriptedServer server =
            ScriptedServer.builder().next(c -> c.expect(content).send(content)).tcp();
        Wire client = ScriptedClient.tcp(server.port())) {
      client.send(content);
      assertThat(client.read(1_000_000)).isEqualTo(java.util.Arrays.copyOf(content, 1_000_000));
      client.skip(1_000_000);
      assertThat(client.readToEnd())
          .isEqualTo(java.util.Arrays.copyOfRange(content, 2_000_000, 3_000_000));
      server.awaitScripts();
      assertThat(client.received().getBytes(ISO_8859_1)).isEqualTo(content);
    }
  }

  @Test
  void readsLinesAndMatchesHeads() {
    try (ScriptedServer server =
            ScriptedServer.each(c -> c.send("a\r\n\r\nHTTP/1.1 200 OK\r\nX: 17\r\n\r\n"));
        Wire client = ScriptedClient.tcp(server.port())) {
      assertThat(client.readLine()).isEqualTo("a");
      assertThat(client.readLine()).isEmpty();
      assertThat(client.expectHead("HTTP/1.1 200 .*X: (\\d+)\r\n\r\n").group(1)).isEqualTo("17");
    }
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TestOriginTest {
  private final TestOrigin origin = TestOrigin.start();

  @AfterEach
  void close() {
    origin.close();
  }

  @Test
  void keepsConnectionsAliveAndCounts() {
    try (Wire client = ScriptedClient.tcp(origin.port())) {
      for (int i = 0; i < 3; i++) {
        client.send(RawHttp.get("/hello/" + i));
        assertThat(client.readResponse().text()).isEqualTo("/hello/" + i);
      }
      assertThat(origin.openConnections()).isEqualTo(1);
    }
    assertThat(origin.connections()).isEqualTo(1);
    assertThat(origin.requests()).isEqualTo(3);
    Eventually.holds("connection closed", () -> origin.openConnections() == 0);
    assertThat(origin.failures().all()).isEmpty();
  }

  @Test
  void answersPipelinedRequestsInOrder() {
    try (Wire client = ScriptedClient.tcp(origin.port())) {
      client.send(RawHttp.get("/a") + RawHttp.post("/b", "content") + RawHttp.get("/c"));
      assertThat(client.readResponse().text()).isEqualTo("/a");
      assertThat(client.readResponse().text()).isEqualTo("/b");
      assertThat(client.readResponse().text()).isEqualTo("/c");
    }
  }

  @Test
  void answersByPath() {
    try (Wire client = ScriptedClient.tcp(origin.port())) {
      client.send(RawHttp.get("/bytes/100000"));
      assertThat(client.readResponse().message().content()).isEqualTo(TestContent.of(100_000));
      client.send(RawHttp.get("/chunked/100000"));
      RawResponse chunked = client.readResponse();
      assertThat(chunked.message().content()).isEqualTo(TestContent.of(100_000));
      assertThat(chunked.message().trailers()).containsExactly(new RawField("X-Count", "100000"));
      client.send(RawHttp.get("/status/204"));
      assertThat(client.readResponse().status()).isEqualTo(204);
      client.send(RawHttp.get("/status/503"));
      assertThat(client.readResponse().status()).isEqualTo(503);
      client.send(RawHttp.get("/head", "X-b:c"));
      assertThat(client.readResponse().text())
          .isEqualTo("GET /head HTTP/1.1\r\nHost: test\r\nX-b: c\r\n");
      client.send("HEAD /bytes/7 HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.readResponse("HEAD").first("content-length")).contains("7");
      client.send(RawHttp.get("/close/100"));
      assertThat(client.readResponse().message().content()).isEqualTo(TestContent.of(100));
    }
  }

  @Test
  void echoesContentAsItComes() {
    try (Wire client = ScriptedClient.tcp(origin.port())) {
      client.send(RawHttp.head("POST /echo HTTP/1.1", "Host: a", "Transfer-Encoding: chunked"));
      client.send(RawHttp.chunks("first"));
      client.readHead();
      client.expect("5\r\nfirst\r\n");
      client.send(RawHttp.chunked("second")).expect("6\r\nsecond\r\n0\r\n\r\n");
    }
  }

  @Test
  void asksForContentThatWaitsToBeAskedFor() {
    try (Wire client = ScriptedClient.tcp(origin.port())) {
      client.send(
          RawHttp.head(
              "POST /echo HTTP/1.1", "Host: a", "Expect: 100-continue", "Content-Length: 4"));
      client.expect("HTTP/1.1 100 Continue\r\n\r\n").send("text");
      assertThat(client.readResponse().text()).isEqualTo("text");
    }
  }

  @Test
  void endsTheConnectionWhenAsked() {
    try (Wire client = ScriptedClient.tcp(origin.port())) {
      client.send(RawHttp.get("/", "Connection: close"));
      assertThat(client.readResponse().first("connection")).contains("close");
      client.expectClosed();
    }
    try (Wire client = ScriptedClient.tcp(origin.port())) {
      client.send("GET / HTTP/1.0\r\n\r\n");
      client.readResponse();
      client.expectClosed();
    }
  }

  @Test
  void malformedRequestClosesAndIsReported() {
    try (Wire client = ScriptedClient.tcp(origin.port())) {
      client.send("GET  / HTTP/1.1\r\n\r\n").expectGone();
    }
    assertThat(origin.failures().await(1).getFirst()).hasMessageContaining("no request line");
  }

  @Test
  void handlerMayAnswerWithBytesOfItsOwn(@TempDir Path directory) {
    Path path = directory.resolve("s");
    try (TestOrigin own =
            TestOrigin.unix(
                path,
                exchange -> {
                  exchange.wire().send("HTTP/1.1 200 OK\r\nBad");
                  exchange.close();
                });
        Wire client = ScriptedClient.connect(own.address())) {
      client.send(RawHttp.get("/")).expect("HTTP/1.1 200 OK\r\nBad").expectClosed();
    }
  }

  @Test
  void handlerThatDoesNotAnswerIsReported() {
    try (TestOrigin own = TestOrigin.start(_ -> {});
        Wire client = ScriptedClient.tcp(own.port())) {
      client.send(RawHttp.get("/x")).expectGone();
      assertThat(own.failures().await(1).getFirst()).hasMessageContaining("did not answer GET /x");
    }
  }

  @Test
  void closesIdleConnectionsWhenTold() {
    try (Wire client = ScriptedClient.tcp(origin.port())) {
      client.send(RawHttp.get("/"));
      client.readResponse();
      origin.closeConnections();
      client.expectClosed();
    }
  }

  @Test
  void streamsMoreThanMemoryHolds() {
    long length = 1L << 30;
    try (Wire client = ScriptedClient.tcp(origin.port()).within(Duration.ofMinutes(1))) {
      long used = Allocation.of(() -> download(client, length));
      assertThat(used).isLessThan(64 << 20);
      client.send(
          RawHttp.head("POST /count HTTP/1.1", "Host: a", "Content-Length: " + length / 16));
      client.sendContent(length / 16);
      assertThat(client.readResponse().text()).isEqualTo(Long.toString(length / 16));
    }
  }

  private static void download(Wire client, long length) {
    client.send(RawHttp.get("/bytes/" + length));
    client.expectHead("HTTP/1.1 200 .*Content-Length: " + length + "\r\n\r\n");
    client.expectContent(length);
  }

  @Test
  void noticesContentThatDiffers() {
    byte[] wrong = TestContent.of(70_000);
    wrong[69_999]++;
    try (ScriptedServer server = ScriptedServer.each(c -> c.send(wrong));
        Wire client = ScriptedClient.tcp(server.port())) {
      assertThatThrownBy(() -> client.expectContent(70_000))
          .hasMessageContaining("differs at byte 69999");
    }
  }
}

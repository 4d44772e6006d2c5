// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MessageReadingTest {
  private static RawResponse response(String method, String text) {
    try (ScriptedServer server = ScriptedServer.each(c -> c.send(text));
        Wire client = ScriptedClient.tcp(server.port())) {
      RawResponse response = client.readResponse(method);
      client.expectClosed();
      return response;
    }
  }

  private static RawRequest request(String text) {
    try (ScriptedServer server = ScriptedServer.each(c -> c.send(text));
        Wire wire = ScriptedClient.tcp(server.port())) {
      RawRequest request = wire.readRequest();
      wire.expectClosed();
      return request;
    }
  }

  @Test
  void readsContentOfAKnownLength() {
    RawResponse response = response("GET", RawHttp.response(200, "hello", "X-A: 1", "x-a:  2 "));
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.text()).isEqualTo("hello");
    assertThat(response.message().all("X-A")).containsExactly("1", "2");
    assertThat(response.message().fields())
        .extracting(RawField::name)
        .containsExactly("Content-Length", "X-A", "x-a");
    assertThat(response.has("x-b")).isFalse();
  }

  @Test
  void readsChunksExtensionsAndTrailers() {
    RawResponse response =
        response(
            "GET",
            RawHttp.head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked")
                + RawHttp.chunks("hel", "lo")
                + "A;x=\"1\"\r\n0123456789\r\n0\r\nSum: 5\r\n\r\n");
    assertThat(response.text()).isEqualTo("hello0123456789");
    assertThat(response.message().trailers()).containsExactly(new RawField("Sum", "5"));
  }

  @Test
  void readsInformationalResponsesBeforeTheFinalOne() {
    RawResponse response =
        response(
            "GET",
            RawHttp.head("HTTP/1.1 100 Continue")
                + RawHttp.head("HTTP/1.1 103 Early Hints", "Link: </a>")
                + RawHttp.response(200, ""));
    assertThat(response.informational()).hasSize(2);
    assertThat(response.informational().get(1).first("link")).contains("</a>");
    assertThat(response.status()).isEqualTo(200);
  }

  @Test
  void readsContentUpToTheEnd() {
    assertThat(response("GET", RawHttp.head("HTTP/1.0 200 OK") + "all of it").text())
        .isEqualTo("all of it");
  }

  @Test
  void knowsResponsesWithoutContent() {
    String head = RawHttp.head("HTTP/1.1 200 OK", "Content-Length: 10");
    assertThat(response("HEAD", head).text()).isEmpty();
    assertThat(response("CONNECT", RawHttp.head("HTTP/1.1 200")).text()).isEmpty();
    assertThat(response("GET", RawHttp.head("HTTP/1.1 204 No Content")).status()).isEqualTo(204);
    assertThat(response("GET", RawHttp.head("HTTP/1.1 304 ", "Content-Length: 9")).text())
        .isEmpty();
    assertThat(response("GET", RawHttp.head("HTTP/1.1 101 Up", "Upgrade: x")).status())
        .isEqualTo(101);
  }

  @Test
  void readsRequests() {
    RawRequest request = request(RawHttp.post("/a?b", "text", "X: y"));
    assertThat(request.method()).isEqualTo("POST");
    assertThat(request.target()).isEqualTo("/a?b");
    assertThat(request.version()).isEqualTo("HTTP/1.1");
    assertThat(request.text()).isEqualTo("text");
    assertThat(request.first("host")).contains("test");
    assertThat(request(RawHttp.get("/")).text()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/2 200 OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nName : x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n",
        "HTTP/1.1 200 OK\r\nNo colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
        "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfour",
        "HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n",
      })
  void refusesResponsesThatAreWrong(String text) {
    assertThatThrownBy(() -> response("GET", text)).isInstanceOf(AssertionError.class);
  }
}

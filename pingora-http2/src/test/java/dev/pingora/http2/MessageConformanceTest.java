// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.http.FieldName;
import dev.pingora.http.RequestHeader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 9113 §8: which requests are malformed. All are stream errors of type PROTOCOL_ERROR (§8.1.1)
/// and never reach the application.
final class MessageConformanceTest {
  private final ServerFixture server = ServerFixture.open();

  private void assertMalformed(Raw block) {
    server.send(new Raw().headers(1, true, block));
    assertThat(server.requests).isEmpty();
    assertThat(server.log.rejected).hasSize(1);
    server.assertStreamError(1, ErrorCode.PROTOCOL_ERROR);
  }

  private RequestHeader accepted(Raw block) {
    server.send(new Raw().headers(1, true, block));
    assertThat(server.frames()).isEmpty();
    return server.request(0).request();
  }

  // §8.1 Framing

  @Test
  void trailersEndTheStream() {
    server.send(
        new Raw()
            .headers(1, false, Raw.post("/"))
            .data(1, "test", false)
            .headers(1, false, new Raw().line("x-a", "b")));
    server.assertStreamError(1, ErrorCode.PROTOCOL_ERROR);
  }

  // §8.2.1 Field validity

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-TEST", "x-Test", "", "x a", " x", "x\t", "x:", "x\u0000", "x\r", "x\n", "x\u007f",
        "x\u0080", "x\u00ff", "(x)", "x,y", "x\"", "x/y", "x@y", "x[", "x{", "x=",
      })
  void refusesNamesThatAreNoLowerCaseTokens(String name) {
    assertMalformed(Raw.get("/").line(name, "value"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "!#$%&'*+-.^_`|~09az", "x_y"})
  void acceptsTokens(String name) {
    assertThat(accepted(Raw.get("/").line(name, "value")).headers().first(name)).isEqualTo("value");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\r\nb",
        "a\rb",
        "a\nb",
        "a\u0000b",
        " a",
        "a ",
        "\ta",
        "a\t",
        "\u0001",
        "a\u007f",
        " ",
      })
  void refusesValuesThatCouldSplitAMessage(String value) {
    assertMalformed(Raw.get("/").line("x-a", value));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a\tb", "\u00e9\u00ff\u0080", "\"quoted, \\\" \""})
  void acceptsOtherValues(String value) {
    assertThat(accepted(Raw.get("/").line("x-a", value)).headers().first("x-a")).isEqualTo(value);
  }

  // §8.2.2 Connection-specific fields

  @ParameterizedTest
  @CsvSource({
    "connection, keep-alive",
    "keep-alive, timeout=5",
    "proxy-connection, keep-alive",
    "transfer-encoding, chunked",
    "upgrade, foo/2",
    "te, gzip",
    "te, 'trailers, gzip'",
    "te, ''",
  })
  void refusesConnectionSpecificFields(String name, String value) {
    assertMalformed(Raw.get("/").line(name, value));
  }

  @Test
  void acceptsTeTrailers() {
    assertThat(accepted(Raw.get("/").line("te", "trailers")).headers().first("te"))
        .isEqualTo("trailers");
  }

  @Test
  void refusesConnectionSpecificFieldsInTrailers() {
    server.send(
        new Raw()
            .headers(1, false, Raw.post("/"))
            .headers(1, true, new Raw().line("transfer-encoding", "chunked")));
    server.assertStreamError(1, ErrorCode.PROTOCOL_ERROR);
  }

  // §8.2.3 Cookies

  @Test
  void joinsCookieCrumbs() {
    RequestHeader request =
        accepted(
            Raw.get("/")
                .line("cookie", "a=1")
                .line("x-a", "b")
                .line("cookie", "c=2")
                .line("cookie", "d=3")
                .line("x-b", "c"));
    assertThat(request.headers().all("cookie")).containsExactly("a=1; c=2; d=3");
    assertThat(request.headers().size()).isEqualTo(3);
    assertThat(request.headers().first("x-b")).isEqualTo("c");
  }

  @Test
  void leavesASingleCookieInPlace() {
    RequestHeader request = accepted(Raw.get("/").line("cookie", "a=1").line("x-a", "b"));
    assertThat(request.headers().name(0)).isEqualTo("cookie");
    assertThat(request.headers().first(FieldName.COOKIE)).isEqualTo("a=1");
  }

  // §8.3 Pseudo-header fields

  static Stream<Arguments> malformedControl() {
    return Stream.of(
        Arguments.of("unknown", Raw.get("/").line(":test", "x")),
        Arguments.of("of responses", Raw.get("/").line(":status", "200")),
        Arguments.of("extended CONNECT, not offered", Raw.get("/").line(":protocol", "websocket")),
        Arguments.of("empty name", Raw.get("/").line(":", "x")),
        Arguments.of(
            "behind others",
            new Raw()
                .line(":method", "GET")
                .line(":scheme", "https")
                .line("x-a", "b")
                .line(":authority", "a.example")
                .line(":path", "/")),
        Arguments.of(
            "behind a cookie",
            new Raw()
                .line(":method", "GET")
                .line(":scheme", "https")
                .line("cookie", "b")
                .line(":authority", "a.example")
                .line(":path", "/")),
        Arguments.of("empty path", Raw.get("")),
        Arguments.of(
            "no method",
            new Raw().line(":scheme", "https").line(":path", "/").line(":authority", "a.example")),
        Arguments.of(
            "no scheme",
            new Raw().line(":method", "GET").line(":path", "/").line(":authority", "a.example")),
        Arguments.of(
            "no path",
            new Raw()
                .line(":method", "GET")
                .line(":scheme", "https")
                .line(":authority", "a.example")),
        Arguments.of(
            "no authority",
            new Raw().line(":method", "GET").line(":scheme", "https").line(":path", "/")),
        Arguments.of("two methods", Raw.get("/").line(":method", "GET")),
        Arguments.of("two schemes", Raw.get("/").line(":scheme", "https")),
        Arguments.of("two paths", Raw.get("/").line(":path", "/")),
        Arguments.of("two authorities", Raw.get("/").line(":authority", "a.example")),
        Arguments.of("nothing", new Raw()),
        Arguments.of("no control data", new Raw().line("x-a", "b")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformedControl")
  void refusesOtherControlData(String what, Raw block) {
    assertMalformed(block);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GE T", "", "GET\r\n", "G\u0000T", "GET\u00e9"})
  void refusesMethodsThatAreNoTokens(String method) {
    assertMalformed(Raw.request(method, "/"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "*",
        "http://b.example/",
        "/a b",
        "/a#b",
        "/\r\n",
        "/\u0000",
        "/\u007f",
        "?",
        "//\t",
      })
  void refusesOtherPaths(String path) {
    assertMalformed(Raw.get(path));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "//", "/a?b", "/?", "/%00", "/\u00e9", "/a;b=c,d@e:f"})
  void acceptsPaths(String path) {
    assertThat(accepted(Raw.get(path)).target()).isEqualTo(path);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1http", "ht tp", "http:", "h\u00e9"})
  void refusesInvalidSchemes(String scheme) {
    assertMalformed(
        new Raw()
            .line(":method", "GET")
            .line(":scheme", scheme)
            .line(":path", "/")
            .line(":authority", "a.example"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "user@a.example",
        "a b",
        "a/b",
        "a?b",
        "a#b",
        "a\r\nb",
        "a\\b",
        "\u00e9",
        "a\"b"
      })
  void refusesInvalidAuthorities(String authority) {
    assertMalformed(
        new Raw()
            .line(":method", "GET")
            .line(":scheme", "https")
            .line(":path", "/")
            .line(":authority", authority));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.example:8443", "[2001:db8::1]:443", "127.0.0.1", "a_b", "%61.example"})
  void acceptsAuthorities(String authority) {
    RequestHeader request =
        accepted(
            new Raw()
                .line(":method", "GET")
                .line(":scheme", "https")
                .line(":path", "/")
                .line(":authority", authority));
    assertThat(request.authority()).isEqualTo(authority);
  }

  @Test
  void refusesControlDataInTrailers() {
    server.send(
        new Raw()
            .headers(1, false, Raw.post("/"))
            .headers(1, true, new Raw().line(":method", "GET")));
    server.assertStreamError(1, ErrorCode.PROTOCOL_ERROR);
  }

  @ParameterizedTest
  @ValueSource(strings = {"A.EXAMPLE", "a.example:443", "A.example:443"})
  void dropsAHostThatAgrees(String host) {
    RequestHeader request = accepted(Raw.get("/").line("host", host).line("x-a", "b"));
    assertThat(request.authority()).isEqualTo("a.example");
    assertThat(request.headers().contains("host")).isFalse();
    assertThat(request.headers().first("x-a")).isEqualTo("b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"b.example", "a.example:80", "a.example:8443", "", "a.example "})
  void refusesAHostThatDiffers(String host) {
    assertMalformed(Raw.get("/").line("host", host));
  }

  @Test
  void refusesTwoHosts() {
    assertMalformed(Raw.get("/").line("host", "a.example").line("host", "a.example"));
  }

  @Test
  void acceptsHostInsteadOfAuthority() {
    RequestHeader request =
        accepted(
            new Raw()
                .line(":method", "GET")
                .line(":scheme", "http")
                .line(":path", "/")
                .line("host", "c.example"));
    assertThat(request.authority()).isEqualTo("c.example");
  }

  @Test
  void refusesAnInvalidHostInsteadOfAuthority() {
    assertMalformed(
        new Raw()
            .line(":method", "GET")
            .line(":scheme", "http")
            .line(":path", "/")
            .line("host", "c@example"));
  }

  static Stream<Arguments> malformedConnect() {
    Raw method = new Raw().line(":method", "CONNECT");
    return Stream.of(
        Arguments.of("no authority", method),
        Arguments.of(
            "path", new Raw().append(method.bytes()).line(":authority", "a:1").line(":path", "/")),
        Arguments.of(
            "scheme",
            new Raw().append(method.bytes()).line(":authority", "a:1").line(":scheme", "https")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformedConnect")
  void refusesConnectOfOtherShape(String what, Raw block) {
    assertMalformed(block);
  }

  // §8.1.1 Content-Length

  @ParameterizedTest
  @ValueSource(strings = {"1", "3", "5", "0"})
  void refusesContentOfAnotherLength(String length) {
    server.send(
        new Raw()
            .headers(1, false, Raw.post("/").line("content-length", length))
            .data(1, "test", true));
    server.assertStreamError(1, ErrorCode.PROTOCOL_ERROR);
    assertThat(server.request(0).content).as("nothing passed on").isEmpty();
    assertThat(server.request(0).ended).isFalse();
  }

  @Test
  void refusesContentOfAnotherLengthInManyFrames() {
    server.send(
        new Raw()
            .headers(1, false, Raw.post("/").line("content-length", "5"))
            .data(1, "test", false)
            .data(1, "test", true));
    server.assertStreamError(1, ErrorCode.PROTOCOL_ERROR);
    assertThat(server.request(0).content).hasToString("test");
  }

  @Test
  void refusesMissingContent() {
    assertMalformed(Raw.post("/").line("content-length", "1"));
  }

  @Test
  void refusesMissingContentBeforeTrailers() {
    server.send(
        new Raw()
            .headers(1, false, Raw.post("/").line("content-length", "5"))
            .data(1, "test", false)
            .headers(1, true, new Raw().line("x-a", "b")));
    server.assertStreamError(1, ErrorCode.PROTOCOL_ERROR);
    assertThat(server.request(0).trailers).isNull();
  }

  @Test
  void acceptsContentOfTheSaidLength() {
    server.send(
        new Raw()
            .headers(1, false, Raw.post("/").line("content-length", "4"))
            .data(1, "test", false)
            .data(1, "", true));
    assertThat(server.request(0).ended).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "+1", "1a", "1, 1", "1.0", "0x1", "9223372036854775808", "٣"})
  void refusesInvalidContentLength(String length) {
    assertMalformed(Raw.get("/").line("content-length", length));
  }

  @Test
  void refusesRepeatedContentLength() {
    assertMalformed(Raw.get("/").line("content-length", "0").line("content-length", "0"));
  }

  // What the request looks like to an HTTP/1 upstream

  @Test
  void writesItsFieldsAsHttp1Lines() {
    RequestHeader request = accepted(Raw.get("/").line("x-a", "b").line("accept", "*/*"));
    ByteBuffer out = ByteBuffer.allocate(100);
    assertThat(request.headers().writeTo(out)).isTrue();
    assertThat(new String(out.array(), 0, out.position(), StandardCharsets.US_ASCII))
        .isEqualTo("x-a: b\r\naccept: */*\r\n");
  }
}

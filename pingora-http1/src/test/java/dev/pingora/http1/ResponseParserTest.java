// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import static dev.pingora.http1.Wire.bytes;
import static dev.pingora.http1.Wire.lines;
import static dev.pingora.http1.Wire.refusal;
import static dev.pingora.http1.Wire.response;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import dev.pingora.http.HttpVersion;
import dev.pingora.http.ResponseHeader;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ResponseParserTest {
  @Test
  void readsAResponse() throws ProxyException {
    ResponseHeader response = response("HTTP/1.1 200 OK\r\nServer: x\r\nset-cookie: a\r\n\r\n");
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.reason()).isEqualTo("OK");
    assertThat(response.version()).isEqualTo(HttpVersion.HTTP_1_1);
    assertThat(lines(response.headers())).containsExactly("Server: x", "set-cookie: a");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      emptyValue = "",
      value = {
        "HTTP/1.1 200 |''", "HTTP/1.1 200|''", "HTTP/1.1 404 Not  Found|Not  Found",
        "HTTP/1.0 599 a\tb|a\tb", "HTTP/1.9 999 \u00e4\u00ff|\u00e4\u00ff", "HTTP/1.1 100  x | x "
      })
  void keepsTheReason(String line, String reason) throws ProxyException {
    assertThat(response(line + "\r\n\r\n").reason()).isEqualTo(reason);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1",
        "HTTP/1.1 ",
        "HTTP/1.1 2",
        "HTTP/1.1 20",
        "HTTP/1.1 2000",
        "HTTP/1.1 200OK",
        "HTTP/1.1 099 x",
        "HTTP/1.1 000 x",
        "HTTP/1.1 -20 x",
        "HTTP/1.1 +20 x",
        "HTTP/1.1  200 OK",
        "HTTP/1.1\t200 OK",
        "HTTP/1.1 200\tOK",
        "http/1.1 200 OK",
        "HTTP/2.0 200 OK",
        "HTTP/0.9 200 OK",
        "HTTP/1.1200 OK",
        "HTTP/1 200 OK",
        "200 OK",
        "ICY 200 OK",
        " HTTP/1.1 200 OK",
        "HTTP/1.1 2x0 OK",
        "HTTP/1.1 \u00b2\u00b2\u00b2 x"
      })
  void refusesMalformedStatusLines(String line) {
    ProxyException refusal = refusal(() -> response(line + "\r\n\r\n"));
    assertThat(refusal.kind()).isEqualTo(ErrorKind.INVALID_HTTP_HEADER);
    assertThat(refusal.source()).isEqualTo(ErrorSource.UPSTREAM);
  }

  @Test
  void removesWhiteSpaceBeforeAColonAlsoFromWhatIsForwarded() throws ProxyException {
    ResponseHeader response =
        response("HTTP/1.1 200 OK\r\nA: b\r\nServer \t: x\r\nContent-Length : 5\r\nC: d\r\n\r\n");
    assertThat(lines(response.headers()))
        .containsExactly("A: b", "Server: x", "Content-Length: 5", "C: d");
    assertThat(MessageFraming.ofResponse(response, "GET"))
        .isEqualTo(new MessageFraming.ContentLength(5));
    ByteBuffer out = ByteBuffer.allocate(200);
    assertThat(HeadWriter.write(response, out)).isTrue();
    assertThat(Wire.written(out))
        .isEqualTo("HTTP/1.1 200 OK\r\nA: b\r\nServer: x\r\nContent-Length: 5\r\nC: d\r\n\r\n");
  }

  @Test
  void joinsFoldedLinesAlsoInWhatIsForwarded() throws ProxyException {
    ResponseHeader response =
        response(
            "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\t\td\r\nTransfer-Encoding:\r\n chunked\r\n\r\n");
    assertThat(lines(response.headers()))
        .containsExactly("A: b   c  \t\td", "Transfer-Encoding: chunked");
    assertThat(MessageFraming.ofResponse(response, "GET")).isEqualTo(new MessageFraming.Chunked());
    ByteBuffer out = ByteBuffer.allocate(200);
    assertThat(HeadWriter.write(response, out)).isTrue();
    assertThat(Wire.written(out).split("\r\n")).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "A",
        ": b",
        " A: b",
        "A b: c",
        "A b : c",
        "\u00e4: b",
        "\ud83d: b",
        "A(: b",
        " : b"
      })
  void refusesNamesThatAreNoTokens(String line) {
    assertThat(
            refusal(() -> response("HTTP/1.1 200 OK\r\nB: c\r\n\r\n".replace("B: c", line)))
                .source())
        .isEqualTo(ErrorSource.UPSTREAM);
  }

  @Test
  void refusesEveryCutHead() {
    String head = "HTTP/1.1 200 OK\r\nA: b\r\n c\r\nD : e\r\n\r\n";
    for (int length = 0; length < head.length(); length++) {
      byte[] cut = bytes(head.substring(0, length));
      assertThat(refusal(() -> ResponseParser.parse(cut))).as("length %s", length).isNotNull();
    }
    assertThat(refusal(() -> ResponseParser.parse(bytes(head + "\r\n")))).isNotNull();
  }

  @Test
  void readsAFoldThatEndsInNothing() throws ProxyException {
    assertThat(lines(response("HTTP/1.1 200 OK\r\nA: b\r\n \r\n\r\n").headers()))
        .containsExactly("A: b");
  }
}

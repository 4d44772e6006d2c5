// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import static dev.pingora.http1.Wire.bytes;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import dev.pingora.http.ResponseHeader;
import dev.pingora.http.StatusCode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a client of an upstream sees on one connection, response after response.
final class ResponseSequenceTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

  /// Reads the answers to these requests, as the engine does, and notes them as `status [content]`;
  /// `*` marks a connection that may be used again.
  private static List<String> read(String wire, String... methods) throws ProxyException {
    List<String> whole = read(List.of(bytes(wire)), methods);
    for (int cut = 1; cut < wire.length(); cut++) {
      List<byte[]> pieces = List.of(bytes(wire.substring(0, cut)), bytes(wire.substring(cut)));
      assertThat(read(pieces, methods)).as("cut at %s", cut).isEqualTo(whole);
    }
    return whole;
  }

  private static List<String> read(List<byte[]> pieces, String... methods) throws ProxyException {
    HeadReader heads = HeadReader.forResponses(Http1Limits.RESPONSE);
    List<String> seen = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(pieces.getFirst());
    int next = 1;
    for (String method : methods) {
      ResponseHeader response;
      do {
        byte[] head = heads.read(in);
        while (head == null && next < pieces.size()) {
          in = ByteBuffer.wrap(pieces.get(next++));
          head = heads.read(in);
        }
        if (head == null) {
          heads.endOfInput();
          throw new AssertionError("the end of input is refused");
        }
        response = heads.parseResponse(head);
        if (isInterim(response)) {
          seen.add(String.valueOf(response.status()));
        }
      } while (isInterim(response));
      MessageFraming framing = MessageFraming.ofResponse(response, method);
      ContentReader reader = ContentReader.ofResponse(framing, Http1Limits.RESPONSE);
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      while (!reader.ended()) {
        int n = reader.read(in);
        for (int i = in.position() - n; i < in.position(); i++) {
          content.write(in.get(i));
        }
        if (n == 0 && !reader.ended()) {
          if (next == pieces.size()) {
            reader.endOfInput();
          } else {
            in = ByteBuffer.wrap(pieces.get(next++));
          }
        }
      }
      boolean reusable = Persistence.ofResponse(response, framing) == Persistence.KEEP_ALIVE;
      seen.add(
          response.status() + " [" + content.toString(ISO_8859_1) + "]" + (reusable ? "*" : ""));
    }
    if (in.hasRemaining() || next < pieces.size()) {
      seen.add("more");
    }
    return seen;
  }

  private static boolean isInterim(ResponseHeader response) {
    return StatusCode.isInformational(response.status()) && response.status() != 101;
  }

  private static ProxyException refused(String wire, String method) {
    return Wire.refusal(() -> read(List.of(bytes(wire)), method));
  }

  @Test
  void readsAnswersInOrder() throws ProxyException {
    assertThat(read(OK + OK.replace("hi", "ho"), "GET", "POST"))
        .containsExactly("200 [hi]*", "200 [ho]*");
  }

  @Test
  void noticesWhatNobodyAskedFor() throws ProxyException {
    assertThat(read(OK + "x", "GET")).containsExactly("200 [hi]*", "more");
    assertThat(read("HTTP/1.1 204 No Content\r\n\r\n0\r\n\r\n", "GET"))
        .containsExactly("204 []*", "more");
  }

  @Test
  void relaysInterimAnswersBeforeTheFinalOne() throws ProxyException {
    String hints = "HTTP/1.1 103 Early Hints\r\nLink: a\r\nContent-Length: 9\r\n\r\n";
    String interim = "HTTP/1.1 100 Continue\r\n\r\n" + hints;
    assertThat(read(interim + OK, "GET")).containsExactly("100", "103", "200 [hi]*");
    assertThat(read(interim + "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", "HEAD"))
        .containsExactly("100", "103", "200 []*");
  }

  @Test
  void readsNoContentBehindAnswersThatHaveNone() throws ProxyException {
    String head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    assertThat(read(head + OK, "HEAD", "GET")).containsExactly("200 []*", "200 [hi]*");
    String notModified = "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n";
    assertThat(read(notModified + OK, "GET", "GET")).containsExactly("304 []*", "200 [hi]*");
    assertThat(read("HTTP/1.1 204 No Content\r\n\r\n" + OK, "GET", "GET"))
        .containsExactly("204 []*", "200 [hi]*");
  }

  @Test
  void readsChunkedAnswers() throws ProxyException {
    String wire =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n";
    assertThat(read(wire + OK, "GET", "GET")).containsExactly("200 [abc]*", "200 [hi]*");
  }

  @Test
  void readsUntilCloseWhereNothingElseIsSaid() throws ProxyException {
    assertThat(read("HTTP/1.1 200 OK\r\n\r\n" + OK, "GET")).containsExactly("200 [" + OK + "]");
    assertThat(read("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nx", "GET"))
        .containsExactly("200 [x]");
  }

  @Test
  void closesWhereTheUpstreamSaysSo() throws ProxyException {
    assertThat(read(OK.replace("Content", "Connection: close\r\nContent"), "GET"))
        .containsExactly("200 [hi]");
    assertThat(read(OK.replace("HTTP/1.1", "HTTP/1.0"), "GET")).containsExactly("200 [hi]");
  }

  @Test
  void relaysOctetsBehindSwitchedProtocols() throws ProxyException {
    String switched = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nContent-Length: 1\r\n\r\n";
    assertThat(read(switched + "\0\1\2\r\n", "GET")).containsExactly("101 [\0\1\2\r\n]");
    assertThat(read("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nraw", "CONNECT"))
        .containsExactly("200 [raw]");
  }

  /// What an upstream under attack, or a broken one, may answer: never forwarded as if it were
  /// complete.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\rContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\n\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "<html>oops</html>\r\n\r\n",
        "\u0015\u0003\u0003\0\u0002\u0002F",
        "SSH-2.0-OpenSSH_9.6\r\n\r\n"
      })
  void refusesMalformedAnswers(String wire) {
    ProxyException malformed = refused(wire, "GET");
    assertThat(malformed.source()).isEqualTo(ErrorSource.UPSTREAM);
    assertThat(malformed.kind()).isEqualTo(ErrorKind.INVALID_HTTP_HEADER);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "H",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n"
      })
  void reportsAnswersThatEndEarly(String wire) {
    ProxyException closed = refused(wire, "GET");
    assertThat(closed.kind()).isEqualTo(ErrorKind.CONNECTION_CLOSED);
    assertThat(closed.source()).isEqualTo(ErrorSource.UPSTREAM);
  }

  @Test
  void reportsMalformedChunksOfAnUpstream() {
    String head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (String chunks : List.of("x", "2\r\nabc", "-1\r\n", "1\n", "0\r\n\n", "0\r\nA\r\n\r\n")) {
      ProxyException malformed = refused(head + chunks, "GET");
      assertThat(malformed.source()).isEqualTo(ErrorSource.UPSTREAM);
      assertThat(malformed.kind()).isEqualTo(ErrorKind.H1_ERROR);
    }
  }
}

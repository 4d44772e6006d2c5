// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import static dev.pingora.http1.Wire.fields;
import static dev.pingora.http1.Wire.lines;
import static dev.pingora.http1.Wire.refusal;
import static dev.pingora.http1.Wire.request;
import static dev.pingora.http1.Wire.response;
import static dev.pingora.http1.Wire.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import dev.pingora.http.Fields;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import dev.pingora.http1.MessageFraming.Chunked;
import dev.pingora.http1.MessageFraming.ContentLength;
import dev.pingora.http1.MessageFraming.None;
import dev.pingora.http1.MessageFraming.Tunnel;
import dev.pingora.http1.MessageFraming.UntilClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MessageFramingTest {
  private static MessageFraming ofPost(String fields) throws ProxyException {
    return MessageFraming.ofRequest(request("POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n"));
  }

  private static MessageFraming ofAnswer(String method, String status, String fields)
      throws ProxyException {
    return MessageFraming.ofResponse(
        response("HTTP/1.1 " + status + "\r\n" + fields + "\r\n"), method);
  }

  @Test
  void givesARequestWithoutFramingNoContent() throws ProxyException {
    assertThat(ofPost("")).isEqualTo(new None());
    assertThat(MessageFraming.ofRequest(request("POST / HTTP/1.0\r\n\r\n"))).isEqualTo(new None());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1", "007", "123", "9223372036854775807"})
  void readsOneContentLength(String length) throws ProxyException {
    assertThat(ofPost("Content-Length:\t" + length + " \r\n"))
        .isEqualTo(new ContentLength(Long.parseLong(length)));
    assertThat(ofAnswer("GET", "200 OK", "content-LENGTH:" + length + "\r\n"))
        .isEqualTo(new ContentLength(Long.parseLong(length)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "-1",
        "+1",
        "abc",
        "1.5",
        "1e3",
        "0x10",
        "123abc",
        "1 2",
        "1,1",
        "1, 1",
        "1,2",
        "1,",
        ",1",
        "\"1\"",
        "1;a=b",
        "9223372036854775808",
        "99999999999999999999",
        "1_0",
        "١",
        "\u00b2",
        "5\t6",
        "1\r\nContent-Length: 1",
        "1\r\nContent-Length: 2",
        "1\r\nX: y\r\ncontent-length: 1"
      })
  void refusesAnyOtherContentLength(String length) {
    // One octet per character; the Arabic digit becomes '?'.
    String line = "Content-Length: " + length + "\r\n";
    ProxyException refused = refusal(() -> ofPost(line));
    assertThat(refused.kind()).isEqualTo(ErrorKind.INVALID_HTTP_HEADER);
    assertThat(refused.source()).isEqualTo(ErrorSource.DOWNSTREAM);
    for (String method : new String[] {"GET", "HEAD"}) {
      ProxyException malformed = refusal(() -> ofAnswer(method, "200 OK", line));
      assertThat(malformed.source()).isEqualTo(ErrorSource.UPSTREAM);
      assertThat(malformed.kind()).isEqualTo(ErrorKind.INVALID_HTTP_HEADER);
    }
    assertThat(refusal(() -> ofAnswer("GET", "304 Not Modified", line))).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"chunked", "Chunked", "CHUNKED", " chunked", "chunked \t"})
  void readsChunked(String coding) throws ProxyException {
    assertThat(ofPost("Transfer-Encoding:" + coding + "\r\n")).isEqualTo(new Chunked());
    assertThat(ofAnswer("GET", "200 OK", "TRANSFER-encoding:" + coding + "\r\n"))
        .isEqualTo(new Chunked());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "identity",
        "gzip",
        "xchunked",
        "chunkedx",
        "x chunked",
        "chunked x",
        "chunked,",
        ",chunked",
        "chunked, ",
        ", chunked",
        "chunked,,",
        "chunked, identity",
        "chunked, gzip",
        "chunked,chunked",
        "chunked, chunked",
        "gzip, chunked, chunked",
        "chunked;a=b",
        "chunked ; a",
        "\"chunked\"",
        "'chunked'",
        "chunk",
        "gzip,,chunked",
        "[], chunked",
        "\u00a0chunked",
        "chunked\u0085",
        "gzip chunked",
        "gzip;a=\",chunked",
        "cow, gzip",
        "chunked\r\nTransfer-Encoding: chunked",
        "chunked\r\nTransfer-Encoding: identity",
        "chunked\r\nTransfer-Encoding:",
        "identity\r\nTransfer-Encoding: x",
        ", \r\nTransfer-Encoding: chunked"
      })
  void refusesEveryOtherTransferEncodingWith400(String coding) {
    String line = "Transfer-Encoding: " + coding + "\r\n";
    ProxyException refused = refusal(() -> ofPost(line));
    assertThat(status(refused)).isEqualTo(400);
    assertThat(refused.source()).isEqualTo(ErrorSource.DOWNSTREAM);
    assertThat(refusal(() -> ofAnswer("GET", "200 OK", line)).source())
        .isEqualTo(ErrorSource.UPSTREAM);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gzip, chunked",
        "identity, chunked",
        "gzip;q=\"a,b\", chunked",
        "gzip;a=\"\\\",\" ,chunked",
        "cow,gzip,chunked",
        "gzip\r\nTransfer-Encoding: chunked"
      })
  void answersUnknownCodingsBeforeChunkedWith501(String coding) {
    String line = "Transfer-Encoding: " + coding + "\r\n";
    assertThat(status(refusal(() -> ofPost(line)))).isEqualTo(501);
    ProxyException malformed = refusal(() -> ofAnswer("GET", "200 OK", line));
    assertThat(malformed.source()).isEqualTo(ErrorSource.UPSTREAM);
    assertThat(malformed.kind()).isEqualTo(ErrorKind.INVALID_HTTP_HEADER);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: abc\r\ntransfer-encoding: CHUNKED\r\n",
        "Transfer-Encoding: identity\r\nContent-Length: 5\r\n"
      })
  void refusesTransferEncodingBesideContentLength(String lines) {
    assertThat(status(refusal(() -> ofPost(lines)))).isEqualTo(400);
    assertThat(refusal(() -> ofAnswer("GET", "200 OK", lines)).source())
        .isEqualTo(ErrorSource.UPSTREAM);
    assertThat(refusal(() -> ofAnswer("HEAD", "200 OK", lines)).source())
        .isEqualTo(ErrorSource.UPSTREAM);
  }

  @Test
  void refusesTransferEncodingInHttp10() {
    String te = "Transfer-Encoding: chunked\r\n\r\n";
    ProxyException refused =
        refusal(() -> MessageFraming.ofRequest(request("POST / HTTP/1.0\r\n" + te)));
    assertThat(refused).hasMessageContaining("Transfer-Encoding");
    assertThat(status(refused)).isEqualTo(400);
    assertThat(
            refusal(() -> MessageFraming.ofResponse(response("HTTP/1.0 200 OK\r\n" + te), "GET"))
                .source())
        .isEqualTo(ErrorSource.UPSTREAM);
  }

  @Test
  void readsALaterMinorVersionAs11() throws ProxyException {
    String head = "POST / HTTP/1.7\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    assertThat(MessageFraming.ofRequest(request(head))).isEqualTo(new Chunked());
  }

  @Test
  void givesConnectNoContent() throws ProxyException {
    String head = "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n";
    assertThat(MessageFraming.ofRequest(request(head + "\r\n"))).isEqualTo(new None());
    assertThat(MessageFraming.ofRequest(request(head + "Content-Length: 0\r\n\r\n")))
        .isEqualTo(new None());
    assertThat(refusal(() -> MessageFraming.ofRequest(request(head + "Content-Length: 1\r\n\r\n"))))
        .hasMessageContaining("CONNECT");
    assertThat(
            refusal(() ->
                MessageFraming.ofRequest(request(head + "Transfer-Encoding: chunked\r\n\r\n"))))
        .hasMessageContaining("CONNECT");
  }

  @ParameterizedTest
  @ValueSource(strings = {"100 Continue", "103 Early Hints", "204 No Content", "304 Not Modified"})
  void givesAnswersWithoutContentNone(String status) throws ProxyException {
    assertThat(ofAnswer("GET", status, "Content-Length: 5\r\n")).isEqualTo(new None());
    assertThat(ofAnswer("GET", status, "Transfer-Encoding: chunked\r\n")).isEqualTo(new None());
    assertThat(ofAnswer("GET", status, "")).isEqualTo(new None());
  }

  @Test
  void givesAnswersToHeadNone() throws ProxyException {
    assertThat(ofAnswer("HEAD", "200 OK", "Content-Length: 5\r\n")).isEqualTo(new None());
    assertThat(ofAnswer("HEAD", "200 OK", "Transfer-Encoding: chunked\r\n")).isEqualTo(new None());
    assertThat(ofAnswer("HEAD", "404 Not Found", "")).isEqualTo(new None());
  }

  @Test
  void isCaseSensitiveAboutHead() throws ProxyException {
    assertThat(ofAnswer("head", "200 OK", "Content-Length: 5\r\n")).isEqualTo(new ContentLength(5));
  }

  @Test
  void readsAnAnswerWithoutFramingUntilClose() throws ProxyException {
    assertThat(ofAnswer("GET", "200 OK", "")).isEqualTo(new UntilClose());
    assertThat(MessageFraming.ofResponse(response("HTTP/1.0 200 OK\r\n\r\n"), "POST"))
        .isEqualTo(new UntilClose());
  }

  @Test
  void turnsSwitchedProtocolsAndConnectIntoTunnels() throws ProxyException {
    assertThat(ofAnswer("GET", "101 Switching Protocols", "Content-Length: 5\r\n"))
        .isEqualTo(new Tunnel());
    assertThat(ofAnswer("CONNECT", "200 OK", "Transfer-Encoding: chunked\r\n"))
        .isEqualTo(new Tunnel());
    assertThat(ofAnswer("CONNECT", "299 Fine", "Content-Length: 7\r\n")).isEqualTo(new Tunnel());
    assertThat(ofAnswer("CONNECT", "407 No", "Content-Length: 7\r\n"))
        .isEqualTo(new ContentLength(7));
  }

  @Test
  void refusesSwitchedProtocolsThatNobodyAskedFor() throws ProxyException {
    ResponseHeader switched = response("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n");
    RequestHeader asked =
        request("GET / HTTP/1.1\r\nHost: h\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n");
    assertThat(MessageFraming.ofResponse(switched, asked)).isEqualTo(new Tunnel());
    RequestHeader plain = request("GET / HTTP/1.1\r\nHost: h\r\nUpgrade: x\r\n\r\n");
    ProxyException malformed = refusal(() -> MessageFraming.ofResponse(switched, plain));
    assertThat(malformed.source()).isEqualTo(ErrorSource.UPSTREAM);
    assertThat(MessageFraming.ofResponse(response("HTTP/1.1 200 OK\r\n\r\n"), plain))
        .isEqualTo(new UntilClose());
  }

  @Test
  void refusesSwitchedProtocolsInHttp10() {
    assertThat(refusal(() -> MessageFraming.ofResponse(response("HTTP/1.0 101 x\r\n\r\n"), "GET")))
        .hasMessageContaining("101 in HTTP/1.0");
  }

  @Test
  void announcesItself() {
    Fields fields = fields("A: b", "Transfer-Encoding: chunked");
    new ContentLength(12).announceIn(fields);
    assertThat(lines(fields)).containsExactly("A: b", "Content-Length: 12");
    new ContentLength(12).announceIn(fields);
    assertThat(lines(fields)).containsExactly("A: b", "Content-Length: 12");
    new ContentLength(13).announceIn(fields);
    assertThat(lines(fields)).containsExactly("A: b", "Content-Length: 13");
    new None().announceIn(fields);
    assertThat(lines(fields)).containsExactly("A: b", "Content-Length: 13");
    new Chunked().announceIn(fields);
    assertThat(lines(fields)).containsExactly("A: b", "Transfer-Encoding: chunked");
    new None().announceIn(fields);
    assertThat(lines(fields)).containsExactly("A: b");
    fields.add("Transfer-Encoding", "chunked");
    fields.add("Content-Length", "1");
    new UntilClose().announceIn(fields);
    assertThat(lines(fields)).containsExactly("A: b");
    fields.add("Content-Length", "1");
    new Tunnel().announceIn(fields);
    assertThat(lines(fields)).containsExactly("A: b");
  }

  @Test
  void hasNoNegativeLength() {
    assertThatIllegalArgumentException().isThrownBy(() -> new ContentLength(-1));
  }
}

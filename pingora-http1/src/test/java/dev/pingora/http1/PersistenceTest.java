// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import static dev.pingora.http1.Wire.fields;
import static dev.pingora.http1.Wire.lines;
import static dev.pingora.http1.Wire.request;
import static dev.pingora.http1.Wire.response;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.error.ProxyException;
import dev.pingora.http.Fields;
import dev.pingora.http.HttpVersion;
import dev.pingora.http.ResponseHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PersistenceTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1.1|                     |KEEP_ALIVE",
        "1.1|keep-alive           |KEEP_ALIVE",
        "1.1|foo                  |KEEP_ALIVE",
        "1.1|close                |CLOSE",
        "1.1|CLOSE                |CLOSE",
        "1.1|keep-alive, Close    |CLOSE",
        "1.1|closed               |KEEP_ALIVE",
        "1.1|\"close\"            |KEEP_ALIVE",
        "1.1|,close               |CLOSE",
        "1.0|                     |CLOSE",
        "1.0|keep-alive           |KEEP_ALIVE",
        "1.0|x, Keep-Alive        |KEEP_ALIVE",
        "1.0|keep-alive, close    |CLOSE",
        "1.0|foo                  |CLOSE"
      })
  void followsVersionAndOptions(String version, String option, Persistence expected)
      throws ProxyException {
    String field = option == null ? "" : "Connection: " + option + "\r\n";
    assertThat(
            Persistence.ofRequest(
                request("GET / HTTP/" + version + "\r\nHost: h\r\n" + field + "\r\n")))
        .isEqualTo(expected);
    assertThat(
            Persistence.ofResponse(
                response("HTTP/" + version + " 200 OK\r\n" + field + "\r\n"),
                new MessageFraming.ContentLength(0)))
        .isEqualTo(expected);
  }

  @Test
  void readsOptionsFromSeveralLines() throws ProxyException {
    String head = "GET / HTTP/1.1\r\nHost: h\r\nConnection: x\r\nconnection: close\r\n\r\n";
    assertThat(Persistence.ofRequest(request(head))).isEqualTo(Persistence.CLOSE);
  }

  @Test
  void closesBehindContentThatEndsWithTheConnection() throws ProxyException {
    ResponseHeader response = response("HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n\r\n");
    assertThat(Persistence.ofResponse(response, new MessageFraming.UntilClose()))
        .isEqualTo(Persistence.CLOSE);
    assertThat(Persistence.ofResponse(response, new MessageFraming.Tunnel()))
        .isEqualTo(Persistence.CLOSE);
    assertThat(Persistence.ofResponse(response, new MessageFraming.None()))
        .isEqualTo(Persistence.KEEP_ALIVE);
  }

  @ParameterizedTest
  @CsvSource({
    "Content-Length: 5,CLOSE",
    "Content-Length: x,CLOSE",
    "Transfer-Encoding: chunked,CLOSE",
    "Content-Length: 0,KEEP_ALIVE",
    "X: y,KEEP_ALIVE"
  })
  void distrustsA204ThatAnnouncesContent(String field, Persistence expected) throws ProxyException {
    ResponseHeader response = response("HTTP/1.1 204 No Content\r\n" + field + "\r\n\r\n");
    assertThat(Persistence.ofResponse(response, MessageFraming.ofResponse(response, "GET")))
        .isEqualTo(expected);
  }

  @Test
  void saysOnlyWhatTheRecipientDoesNotAssume() {
    Fields fields = fields("A: b");
    Persistence.KEEP_ALIVE.announceIn(fields, HttpVersion.HTTP_1_1);
    assertThat(lines(fields)).containsExactly("A: b");
    Persistence.KEEP_ALIVE.announceIn(fields, HttpVersion.HTTP_1_0);
    assertThat(lines(fields)).containsExactly("A: b", "Connection: keep-alive");
    Persistence.CLOSE.announceIn(fields, HttpVersion.HTTP_1_0);
    assertThat(lines(fields)).containsExactly("A: b", "Connection: close");
  }

  @Test
  void leavesAnUpgradeAlone() {
    Fields fields = fields("Connection: Upgrade");
    Persistence.CLOSE.announceIn(fields, HttpVersion.HTTP_1_1);
    assertThat(lines(fields)).containsExactly("Connection: Upgrade");
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.headerserde;

import static dev.pingora.headerserde.HeadAssert.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.error.ProxyException;
import dev.pingora.http.HttpVersion;
import dev.pingora.http.ResponseHeader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HeaderTextTest {
  private static ResponseHeader parse(String text) throws ProxyException {
    return HeaderText.parse(text.getBytes(StandardCharsets.ISO_8859_1), 256);
  }

  @Test
  void isAHeadOfHttp1() {
    ResponseHeader head = ResponseHeader.of(404).add("Content-Type", "text/plain").add("a", "");

    assertThat(text(head))
        .isEqualTo("HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\na: \r\n\r\n");
  }

  @Test
  void hasNineteenOctetsWithoutFields() {
    assertThat(HeaderText.length(ResponseHeader.of(200))).isEqualTo(19);
  }

  @ParameterizedTest
  @EnumSource
  void tellsTheVersion(HttpVersion version) throws ProxyException {
    String text = text(ResponseHeader.of(200).version(version));

    assertThat(text).isEqualTo(version.text() + " 200 OK\r\n\r\n");
    assertThat(parse(text).version()).isEqualTo(version);
  }

  @Test
  void tellsALengthThatIsWritten() {
    ResponseHeader head = ResponseHeader.of(299).reason("Fine \u00e9").add("X", "y");

    ByteBuffer tooSmall = ByteBuffer.allocate(HeaderText.length(head) - 3);
    assertThatThrownBy(() -> HeaderText.write(head, tooSmall))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("out: no room (expected: 29 octets)");
    assertThat(text(head)).hasSize(29);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 \r\n\r\n",
        "HTTP/1.0 999 \t odd  reason \u00ff\r\n\r\n",
        "HTTP/2.0 200 OK\r\na:b\r\nA: \t b \t\r\na:\r\n\r\n",
        "HTTP/1.1 200 OK\r\nx:              far          \r\n\r\n",
        "HTTP/1.1 200 OK\r\n!#$%&'*+-.^_`|~: \u0080\u00ff\"{}[]()<>@,;:\\/?=\r\n\r\n",
      })
  void keepsEveryOctet(String text) throws ProxyException {
    ResponseHeader head = parse(text);

    // Fields rewrites lines with more white space than its index can tell.
    assertThat(text(head).replaceAll("[ \t]+", "")).isEqualTo(text.replaceAll("[ \t]+", ""));
    assertThat(head.headers().all("a")).isSubsetOf("b", "");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "|no status line",
        "HTTP/1.1|no status line",
        "HTTP/1.1 200|no status line",
        "HTTP/1.1_200 OK~~|no status line",
        "HTTP/1.1 200_OK~~|no status line",
        "HTTP/1.2 200 OK~~|an unknown version",
        "http/1.1 200 OK~~|an unknown version",
        "HTTP/1.1 2x0 OK~~|a status that is no number",
        "HTTP/1.1 099 OK~~|the status 99",
        "HTTP/1.1 200 OK|no line end at 15",
        "HTTP/1.1 200 O\u0000K~~|no line end at 14",
        "HTTP/1.1 200 OK~|no line end at 17",
        "HTTP/1.1 200 OK~a: b|no line end at 21",
        "HTTP/1.1 200 OK~a: b~|no line end at 23",
        "HTTP/1.1 200 OK~a: b\u0007c~~|no line end at 21",
        "HTTP/1.1 200 OK~a: b\u007f~~|no line end at 21",
        "HTTP/1.1 200 OK~a|no field name at 17",
        "HTTP/1.1 200 OK~a~~|no field name at 17",
        "HTTP/1.1 200 OK~ a: b~~|no field name at 17",
        "HTTP/1.1 200 OK~a : b~~|no field name at 17",
        "HTTP/1.1 200 OK~: b~~|no field name at 17",
        "HTTP/1.1 200 OK~\u00e9: b~~|no field name at 17",
        "HTTP/1.1 200 OK~~a: b~~|octets behind the head at 17",
        "HTTP/1.1 200 OK~~~|octets behind the head at 17",
      })
  void refusesWhatNoHeadIs(String text, String message) {
    String lines = text == null ? "" : text.replace("~", "\r\n");

    assertThatThrownBy(() -> parse(lines))
        .isInstanceOfSatisfying(
            ProxyException.class, e -> assertThat(e.kind()).isEqualTo(HeaderSerde.DAMAGED))
        .hasMessageContaining("a stored head: " + message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r", "\r\r\n", "\n\r"})
  void takesNoOtherLineEnd(String end) {
    assertThatThrownBy(() -> parse("HTTP/1.1 200 OK\r\na: b" + end + "\r\n"))
        .isInstanceOf(ProxyException.class);
    assertThatThrownBy(() -> parse("HTTP/1.1 200 OK" + end + "a: b\r\n\r\n"))
        .isInstanceOf(ProxyException.class);
  }

  @Test
  void countsFields() throws ProxyException {
    byte[] two = "HTTP/1.1 200 OK\r\na: b\r\na: b\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

    assertThat(HeaderText.parse(two.clone(), 2).headers().size()).isEqualTo(2);
    assertThatThrownBy(() -> HeaderText.parse(two.clone(), 1))
        .hasMessageContaining("more than 1 fields");
  }
}

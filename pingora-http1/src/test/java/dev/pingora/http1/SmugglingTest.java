// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Attacks that have made two servers see two different requests in the same octets: here the first
/// doubt ends the connection, so that the hidden request is never seen, and never forwarded.
final class SmugglingTest {
  private static final String HIDDEN = "GET /admin HTTP/1.1\r\nHost: h\r\n\r\n";

  /// One chunk that holds the hidden request, or the whole of it behind an empty chunked content:
  /// whoever errs will see it.
  private static final String BOTH = "0\r\n\r\n" + HIDDEN;

  private static String post(String... lines) {
    return "POST / HTTP/1.1\r\nHost: h\r\n" + String.join("\r\n", lines) + "\r\n\r\n";
  }

  private static void assertRefused(String wire, String status) {
    assertThat(Exchange.of(wire)).as(wire).containsExactly(status);
    // Whatever the pieces are.
    for (int cut = 1; cut < wire.length(); cut += 3) {
      assertThat(
              Exchange.of(
                  List.of(Wire.bytes(wire.substring(0, cut)), Wire.bytes(wire.substring(cut)))))
          .containsExactly(status);
    }
  }

  @Test
  void clTe() {
    assertRefused(post("Content-Length: 6", "Transfer-Encoding: chunked") + BOTH, "400");
  }

  @Test
  void teCl() {
    assertRefused(post("Transfer-Encoding: chunked", "Content-Length: 5") + BOTH, "400");
  }

  @Test
  void clCl() {
    assertRefused(post("Content-Length: 5", "Content-Length: 0") + BOTH, "400");
    assertRefused(post("Content-Length: 5, 0") + BOTH, "400");
    assertRefused(post("Content-Length: 0", "content-length: 0") + BOTH, "400");
  }

  /// TE.TE: the header that one side does not recognise.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding\t: chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: x",
        "Transfer-Encoding:\u000bchunked",
        "Transfer-Encoding: chunked\u000b",
        "Transfer-Encoding: \0chunked",
        " Transfer-Encoding: chunked",
        "X: y\r\n Transfer-Encoding: chunked",
        "X: y\nTransfer-Encoding: chunked",
        "X: y\rTransfer-Encoding: chunked",
        "X: y\r\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding\r\n : chunked",
        "Transfer-Encoding:\r\n chunked",
        "Transfer-Encoding: \"chunked\"",
        "Transfer-Encoding: 'chunked'",
        "Transfer-Encoding: chunked;x",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: identity, chunked, cow",
        "Transfer-Encoding: chunk",
        "Transfer-Encoding:",
        "Transfer-Encoding: chunked,",
        "Transfer-Encoding: ,chunked",
        "Transfer-Encoding: ch\u00fcnked",
        "Transfer\u00adEncoding: chunked\r\nX",
        "Transfer-Encoding: chunked\u00a0",
        "\"Transfer-Encoding\": chunked",
        "Transfer-Encoding;: chunked",
        "Transfer-Encoding: chunked chunked"
      })
  void teTe(String line) {
    assertRefused(post(line) + BOTH, "400");
    assertRefused(post("Content-Length: 5", line) + BOTH, "400");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: identity, chunked",
        "Transfer-Encoding: x\r\nTransfer-Encoding: chunked"
      })
  void teTeWithACodingBeforeChunked(String line) {
    assertRefused(post(line) + BOTH, "501");
  }

  @Test
  void teInHttp10() {
    assertRefused("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n" + BOTH, "400");
    assertRefused(
        "POST / HTTP/1.0\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + BOTH, "400");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "+5",
        "-5",
        "0x5",
        "5_",
        "5.0",
        "5e0",
        "5;",
        "5,",
        "\"5\"",
        "5 5",
        "",
        "\u000b5",
        "٥",
        "05x",
        "18446744073709551621",
        "4294967301x",
        "5\u00a0"
      })
  void lengthsThatSomeReadAsFive(String length) {
    assertRefused(post("Content-Length: " + length) + BOTH, "400");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length : 5", "Content-Length\t: 5", " Content-Length: 5", "Content Length: 5",
        "Content-Length\0: 5", "Content-Length\u000b: 5", "Content-Length: 5\0",
            "Content-Length: 5\r",
        "X: y\r Content-Length: 5", "\u00a0Content-Length: 5", ":Content-Length: 5",
            "Content-Length 5"
      })
  void lengthsThatSomeDoNotSee(String line) {
    assertRefused(post(line) + BOTH, "400");
  }

  /// CL.0: a request with content where the server expects none is still read to its end.
  @Test
  void contentOfGetIsContent() {
    String wire = "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: " + HIDDEN.length() + "\r\n\r\n";
    assertThat(Exchange.of(wire + HIDDEN)).containsExactly("GET / [" + HIDDEN + "]");
  }

  /// A name with an underscore is another name, whatever some servers think.
  @Test
  void underscoresAreNoHyphens() {
    assertThat(Exchange.of(post("Content_Length: 5") + HIDDEN))
        .containsExactly("POST / []", "GET /admin []");
  }

  /// TERM.EXT, EXT.TERM (2025): a line feed inside an extension, taken for the end of the line by
  /// one side.
  @Test
  void lineFeedsInChunkExtensions() {
    for (String extension :
        List.of(";\n", ";a\n", ";a=b\n", ";\"\n\"", ";a=\"\n\"", ";\r", ";a\r")) {
      assertRefused(
          post("Transfer-Encoding: chunked") + "2" + extension + "xx\r\n2d\r\n" + BOTH, "400");
    }
  }

  /// ONE.TWO, TWO.ONE, ZERO.TWO (2025): how many octets end a chunk's data.
  @Test
  void spilledChunkData() {
    for (String end : List.of("", "\n", "\r", "X", "XX", "\rX", "X\n", "\n\n", " \r\n")) {
      String wire = post("Transfer-Encoding: chunked") + "5\r\nabcde" + end + "2e\r\n" + BOTH;
      assertRefused(wire, "400");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0x5",
        "+5",
        "-5",
        "5 ",
        " 5",
        "5\t",
        "5_",
        "5.",
        "5,",
        "5\0",
        "5\u000b",
        "g",
        "",
        "5;",
        "5 ;",
        "10000000000000005",
        "ffffffffffffffff",
        "8000000000000000",
        "00000000000000005",
        "\u00b5",
        "5 5",
        "5\\",
        "5\"",
        "5\r",
        "\r\n5",
        "5;a=\"",
        "5;\u000b",
        "5\u00a0"
      })
  void chunkSizesThatSomeReadAsFive(String size) {
    assertRefused(post("Transfer-Encoding: chunked") + size + "\r\nabcde\r\n" + BOTH, "400");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0\n\n",
        "0\r\n\n",
        "0\n\r\n",
        "0\r\r\n",
        "0\r\n\r\r\n",
        "0\r\nX\r\n\r\n",
        "0\r\n\rX"
      })
  void endsOfContentThatSomeAccept(String end) {
    assertRefused(post("Transfer-Encoding: chunked") + "1\r\na\r\n" + end + HIDDEN, "400");
  }

  @Test
  void framingInTrailersChangesNothing() {
    String wire =
        post("Transfer-Encoding: chunked")
            + "0\r\nContent-Length: 5\r\nTransfer-Encoding: x\r\n\r\n";
    assertThat(Exchange.of(wire + HIDDEN)).containsExactly("POST / []", "GET /admin []");
  }

  @Test
  void connectWithContent() {
    String head = "CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n";
    assertRefused(head + "Content-Length: 5\r\n\r\n" + BOTH, "400");
    assertRefused(head + "Transfer-Encoding: chunked\r\n\r\n" + BOTH, "400");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /a HTTP/1.1 HTTP/1.1",
        "GET /a\tHTTP/1.1",
        "GET  /a HTTP/1.1",
        "GET /a  HTTP/1.1",
        "GET\u000b/a HTTP/1.1",
        "GET /a\u0085b HTTP/1.1 ",
        "GET /a\u00a0b c HTTP/1.1",
        "GET /a#b HTTP/1.1",
        "GET /a",
        "/a HTTP/1.1",
        "GET /a HTTP/1.1\r",
        "GET /a HTTP/1.1\0",
        "get\r\n"
      })
  void requestLinesWithTwoReadings(String line) {
    assertRefused(line + "\r\nHost: h\r\n\r\n" + HIDDEN, "400");
  }

  @Test
  void hostsWithTwoReadings() {
    for (String host :
        List.of("h\r\nHost: i", "h i", "h@i", "h/i", "h#i", "h?i", "h:80@i", "h\\i", "h:1:2", "")) {
      assertRefused("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n" + HIDDEN, "400");
    }
  }

  @Test
  void responseSplittingCannotLeaveTheWriter() {
    // A value with a line break cannot even be set; see Fields. What came in was checked before.
    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(
                () -> Wire.fields("X: a\r\nSet-Cookie: b")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import static dev.pingora.http1.Wire.bytes;
import static dev.pingora.http1.Wire.lines;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import dev.pingora.http.HttpVersion;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Mutated heads, read by the codec in random pieces and by [Grammar]: both must accept the same
/// ones and see the same in them.
final class HeadFuzzTest {
  private static final int ROUNDS = 60_000;
  private static final int MAX_MUTATIONS = 3;

  private static final List<String> REQUESTS =
      List.of(
          "GET /a HTTP/1.1\r\nHost: h.example\r\nAccept: */*\r\n\r\n",
          "POST /p?q=%41 HTTP/1.1\r\nhost: [::1]:80\r\nContent-Length: 12\r\nX: \ty z\t\r\n\r\n",
          "PUT http://u.example:8/p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
          "OPTIONS * HTTP/1.0\r\nA:\r\n\r\n",
          "CONNECT h.example:443 HTTP/1.1\r\nHost: 1.2.3.4\r\nContent-Length: 0\r\n\r\n",
          "\r\nM-X https://[1:2::3.4.5.6]?q HTTP/1.3\r\nHOST:a%20b\r\nTE: trailers\r\n\r\n");

  private static final List<String> RESPONSES =
      List.of(
          "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 5\r\n\r\n",
          "HTTP/1.0 404 Not  Found\r\nA : b\r\nC:\r\n d\r\n\r\n",
          "HTTP/1.1 999\r\nFold: a\r\n\t b \r\n c\r\nE: f\r\n\r\n",
          "HTTP/1.5 100 \r\n\r\n");

  private static final List<String> DICTIONARY =
      List.of(
          "\r\n",
          "\r",
          "\n",
          " ",
          "\t",
          ":",
          "\0",
          "\u007f",
          "\u00ff",
          "#",
          "@",
          "%",
          "%41",
          "[",
          "]",
          "::",
          "HTTP/2.0",
          "HTTP/1.0",
          "Host: x\r\n",
          "\r\nContent-Length: 5",
          "\r\nTransfer-Encoding: chunked",
          "\r\n ",
          " :",
          "\r\n\r\n",
          "http://",
          "*",
          "CONNECT",
          "OPTIONS",
          "0",
          "9223372036854775808",
          "chunked",
          ",",
          ";",
          "\"",
          "/",
          "?",
          "1",
          "\u000b",
          "255.",
          ".",
          "%2");

  private final Random random = new Random(20260101);

  @Test
  void readsMutatedRequestsAsTheGrammarDoes() {
    int accepted = 0;
    for (int round = 0; round < ROUNDS; round++) {
      accepted += checkRequest(mutated(REQUESTS)) ? 1 : 0;
    }
    // The test is worth something only if both outcomes are common.
    assertThat(accepted).isBetween(ROUNDS / 10, ROUNDS * 9 / 10);
  }

  @Test
  void readsMutatedResponsesAsTheGrammarDoes() {
    int accepted = 0;
    for (int round = 0; round < ROUNDS; round++) {
      accepted += checkResponse(mutated(RESPONSES)) ? 1 : 0;
    }
    assertThat(accepted).isBetween(ROUNDS / 10, ROUNDS * 9 / 10);
  }

  private boolean checkRequest(String input) {
    String text = input.startsWith("\r\n") ? input.substring(2) : input;
    int end = text.indexOf("\r\n\r\n") + 4;
    HeadReader reader = HeadReader.forRequests(Http1Limits.REQUEST);
    try {
      byte[] head = read(reader, bytes(input), end < 4 ? -1 : input.length() - text.length() + end);
      if (head == null) {
        return false;
      }
      Grammar.Head expected = Grammar.request(text.substring(0, end));
      RequestHeader request = reader.parseRequest(head);
      assertThat(expected.refusal()).as(shown(input)).isZero();
      assertThat(List.of(request.method(), request.target(), version(request.version())))
          .as(shown(input))
          .isEqualTo(expected.start());
      assertThat(lines(request.headers()))
          .as(shown(input))
          .isEqualTo(expected.lines().stream().map(Grammar.Line::toString).toList());
      assertThat(framing(request)).as(shown(input)).isEqualTo(Grammar.framing(expected));
      return true;
    } catch (ProxyException refused) {
      assertThat(refused.source()).isEqualTo(ErrorSource.DOWNSTREAM);
      if (end >= 4) {
        Grammar.Head expected = Grammar.request(text.substring(0, end));
        // What is hopeless is refused when it is seen, so 400 may come before the version is looked
        // at.
        int status =
            expected.refusal() == 505 && Wire.status(refused) == 400 ? 505 : Wire.status(refused);
        assertThat(status).as(shown(input) + refused).isEqualTo(expected.refusal());
      }
      return false;
    }
  }

  private boolean checkResponse(String input) {
    int end = input.indexOf("\r\n\r\n") + 4;
    HeadReader reader = HeadReader.forResponses(Http1Limits.RESPONSE);
    try {
      byte[] head = read(reader, bytes(input), end < 4 ? -1 : end);
      if (head == null) {
        return false;
      }
      Grammar.Head expected = Grammar.response(input.substring(0, end));
      ResponseHeader response = reader.parseResponse(head);
      assertThat(expected.refusal()).as(shown(input)).isZero();
      assertThat(
              List.of(
                  String.valueOf(response.status()),
                  response.reason(),
                  version(response.version())))
          .as(shown(input))
          .isEqualTo(expected.start());
      assertThat(lines(response.headers()))
          .as(shown(input))
          .isEqualTo(expected.lines().stream().map(Grammar.Line::toString).toList());
      return true;
    } catch (ProxyException refused) {
      assertThat(refused.source()).isEqualTo(ErrorSource.UPSTREAM);
      if (end >= 4) {
        Grammar.Head expected = Grammar.response(input.substring(0, end));
        assertThat(expected.refusal()).as(shown(input) + refused).isNotZero();
      }
      return false;
    }
  }

  /// Reads in random pieces, and sees to it that nothing behind the head is consumed.
  private byte @Nullable [] read(HeadReader reader, byte[] octets, int end) throws ProxyException {
    int from = 0;
    while (from < octets.length) {
      int to =
          random.nextBoolean() ? octets.length : from + 1 + random.nextInt(octets.length - from);
      ByteBuffer in =
          random.nextBoolean()
              ? Wire.direct(octets, from, to)
              : ByteBuffer.wrap(octets, from, to - from).slice();
      byte[] head = reader.read(in);
      if (head != null) {
        assertThat(from + in.position()).isEqualTo(end);
        return head;
      }
      assertThat(in.hasRemaining()).isFalse();
      from = to;
    }
    // Without an empty line there is no head.
    assertThat(end).as(shown(Wire.text(octets))).isEqualTo(-1);
    return null;
  }

  private static String framing(RequestHeader request) {
    try {
      return switch (MessageFraming.ofRequest(request)) {
        case MessageFraming.None _ -> "none";
        case MessageFraming.Chunked _ -> "chunked";
        case MessageFraming.ContentLength(long length) -> Long.toString(length);
        case MessageFraming.UntilClose _ -> "until close";
        case MessageFraming.Tunnel _ -> "tunnel";
      };
    } catch (ProxyException refused) {
      return "refused";
    }
  }

  private static String version(HttpVersion version) {
    return version == HttpVersion.HTTP_1_0 ? "1.0" : "1.1";
  }

  private String mutated(List<String> seeds) {
    StringBuilder text = new StringBuilder(seeds.get(random.nextInt(seeds.size())));
    int mutations = random.nextInt(MAX_MUTATIONS + 1);
    for (int i = 0; i < mutations; i++) {
      mutate(text);
    }
    return text.append(random.nextBoolean() ? "" : "GET / HTTP/1.1\r\n").toString();
  }

  private void mutate(StringBuilder text) {
    int at = random.nextInt(text.length());
    switch (random.nextInt(6)) {
      case 0 -> text.setCharAt(at, (char) random.nextInt(256));
      case 1 -> text.insert(at, (char) random.nextInt(256));
      case 2 -> text.deleteCharAt(at);
      case 3 -> text.insert(at, DICTIONARY.get(random.nextInt(DICTIONARY.size())));
      case 4 -> {
        int to = Math.min(text.length(), at + 1 + random.nextInt(8));
        text.insert(random.nextInt(text.length()), text.substring(at, to));
      }
      default ->
          text.replace(
              at,
              Math.min(text.length(), at + 1 + random.nextInt(4)),
              String.valueOf(text.charAt(at)));
    }
    if (text.isEmpty()) {
      text.append('x');
    }
  }

  private static String shown(String input) {
    return input.replace("\r", "\\r").replace("\n", "\\n");
  }
}

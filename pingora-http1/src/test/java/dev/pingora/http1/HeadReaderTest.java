// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import static dev.pingora.http1.Wire.buffer;
import static dev.pingora.http1.Wire.bytes;
import static dev.pingora.http1.Wire.present;
import static dev.pingora.http1.Wire.refusal;
import static dev.pingora.http1.Wire.status;
import static dev.pingora.http1.Wire.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import dev.pingora.error.Retry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HeadReaderTest {
  private static final String GET = "GET /a HTTP/1.1\r\nHost: a.example\r\nX-Tab: a\tb\r\n\r\n";
  private static final Http1Limits SMALL = new Http1Limits(24, 64, 4, 32, 32);

  private final HeadReader requests = HeadReader.forRequests(Http1Limits.REQUEST);
  private final HeadReader responses = HeadReader.forResponses(Http1Limits.RESPONSE);

  @Test
  void takesOneHeadAndNothingBehindIt() throws ProxyException {
    ByteBuffer in = buffer(GET + "POST / HTTP/1.1");
    assertThat(text(present(requests.read(in)))).isEqualTo(GET);
    assertThat(in.position()).isEqualTo(GET.length());
    assertThat(requests.fieldLines()).isEqualTo(2);
  }

  @Test
  void readsPipelinedHeadsInOrder() throws ProxyException {
    ByteBuffer in = buffer(GET + "\r\n" + GET.replace("/a", "/b") + GET.replace("/a", "/c"));
    assertThat(text(present(requests.read(in)))).startsWith("GET /a ");
    assertThat(text(present(requests.read(in)))).startsWith("GET /b ");
    assertThat(text(present(requests.read(in)))).startsWith("GET /c ");
    assertThat(requests.read(in)).isNull();
    assertThat(in.hasRemaining()).isFalse();
  }

  @Test
  void joinsAHeadThatCameInTwoPiecesAtAnyPlace() throws ProxyException {
    byte[] octets = bytes(GET + "x");
    for (int cut = 0; cut < GET.length(); cut++) {
      ByteBuffer first = ByteBuffer.wrap(octets, 0, cut);
      assertThat(requests.read(first)).as("cut at %s", cut).isNull();
      assertThat(first.hasRemaining()).isFalse();
      assertThat(requests.started()).isEqualTo(cut > 0);
      ByteBuffer second = Wire.direct(octets, cut, octets.length);
      assertThat(text(present(requests.read(second)))).isEqualTo(GET);
      assertThat(second.remaining()).isEqualTo(1);
      assertThat(requests.started()).isFalse();
    }
  }

  @Test
  void joinsAHeadThatCameOctetByOctet() throws ProxyException {
    byte[] octets = bytes("\r\n" + GET);
    for (int i = 0; i < octets.length - 1; i++) {
      assertThat(requests.read(ByteBuffer.wrap(octets, i, 1))).isNull();
    }
    assertThat(text(present(requests.read(ByteBuffer.wrap(octets, octets.length - 1, 1)))))
        .isEqualTo(GET);
  }

  @Test
  void readsAnyKindOfBufferInAnyByteOrder() throws ProxyException {
    for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
      byte[] octets = bytes("##" + GET + "##");
      ByteBuffer direct = Wire.direct(octets, 0, octets.length).order(order);
      ByteBuffer readOnly = ByteBuffer.wrap(octets).asReadOnlyBuffer().order(order);
      ByteBuffer sliced = ByteBuffer.wrap(octets).slice(1, octets.length - 1).order(order);
      for (ByteBuffer in : List.of(direct.position(2), readOnly.position(2), sliced.position(1))) {
        assertThat(text(present(requests.read(in)))).isEqualTo(GET);
        assertThat(in.order()).isEqualTo(order);
        assertThat(in.remaining()).isEqualTo(2);
      }
    }
  }

  @Test
  void handsOutAnArrayOfTheHeadsSize() throws ProxyException {
    assertThat(requests.read(buffer(GET + "more"))).hasSize(GET.length());
  }

  @Test
  void ignoresOneEmptyLineBeforeARequest() throws ProxyException {
    assertThat(text(present(requests.read(buffer("\r\n" + GET))))).isEqualTo(GET);
  }

  @Test
  void refusesASecondEmptyLineBeforeARequest() {
    assertThat(refusal(() -> requests.read(buffer("\r\n\r\n" + GET)))).hasMessageContaining("§2.2");
  }

  @Test
  void refusesAnEmptyLineBeforeAResponse() {
    assertThat(refusal(() -> responses.read(buffer("\r\nHTTP/1.1 200 OK\r\n\r\n"))).source())
        .isEqualTo(ErrorSource.UPSTREAM);
  }

  @Test
  void doesNotCountTheEmptyLineAsABeginning() throws ProxyException {
    assertThat(requests.read(buffer("\r"))).isNull();
    assertThat(requests.started()).isFalse();
    assertThat(requests.read(buffer("\n"))).isNull();
    assertThat(requests.started()).isFalse();
    assertThatCode(requests::endOfInput).doesNotThrowAnyException();
    assertThat(requests.read(buffer("G"))).isNull();
    assertThat(requests.started()).isTrue();
  }

  static List<String> hopelessBeginnings() {
    return List.of(
        "\n",
        "\rG",
        "GET / HTTP/1.1\n",
        "GET /\0",
        "GET /\t",
        "G\u0001",
        "\u0016",
        "GET / HTTP/1.1\r\r",
        "GET / HTTP/1.1\r\n ",
        "GET / HTTP/1.1\r\n\t",
        "GET / HTTP/1.1\r\nA: b\n",
        "GET / HTTP/1.1\r\nA: \0",
        "GET / HTTP/1.1\r\nA: b\u007f",
        "GET / HTTP/1.1\r\nA: b\r\n ",
        "GET / HTTP/1.1\r\nA: b\r\n\t",
        "GET / HTTP/1.1\r\nA: b\rc",
        "GET / HTTP/1.1\r\nA: b\r\n\rc",
        "GET /\u001b");
  }

  @ParameterizedTest
  @MethodSource("hopelessBeginnings")
  void refusesAtTheOctetThatMakesARequestHopeless(String beginning) throws ProxyException {
    byte[] octets = bytes(beginning);
    HeadReader trickled = HeadReader.forRequests(Http1Limits.REQUEST);
    for (int i = 0; i < octets.length - 1; i++) {
      assertThat(trickled.read(ByteBuffer.wrap(octets, i, 1))).isNull();
    }
    ProxyException late =
        refusal(() -> trickled.read(ByteBuffer.wrap(octets, octets.length - 1, 1)));
    ProxyException atOnce = refusal(() -> requests.read(ByteBuffer.wrap(octets)));
    assertThat(late.getMessage()).isEqualTo(atOnce.getMessage());
    assertThat(late.kind()).isEqualTo(ErrorKind.INVALID_HTTP_HEADER);
    assertThat(late.source()).isEqualTo(ErrorSource.DOWNSTREAM);
  }

  @Test
  void refusesALongRequestLineBeforeItEnds() throws ProxyException {
    HeadReader reader = HeadReader.forRequests(SMALL);
    assertThat(reader.read(buffer("GET /56789 123456789 123"))).isNull();
    assertThat(status(refusal(() -> reader.read(buffer("x"))))).isEqualTo(414);
  }

  @Test
  void acceptsARequestLineOfExactlyTheLimit() throws ProxyException {
    String line = "GET /" + "a".repeat(24 - 14) + " HTTP/1.1";
    assertThat(HeadReader.forRequests(SMALL).read(buffer(line + "\r\n\r\n"))).isNotNull();
    HeadReader trickled = HeadReader.forRequests(SMALL);
    assertThat(trickled.read(buffer(line + "\r"))).isNull();
    assertThat(trickled.read(buffer("\n\r\n"))).isNotNull();
    HeadReader reader = HeadReader.forRequests(SMALL);
    assertThat(status(refusal(() -> reader.read(buffer("x" + line + "\r\n\r\n"))))).isEqualTo(414);
  }

  @Test
  void acceptsAHeaderSectionOfExactlyTheLimit() throws ProxyException {
    String head = "GET / HTTP/1.1\r\nA: " + "a".repeat(64 - 5) + "\r\n\r\n";
    assertThat(HeadReader.forRequests(SMALL).read(buffer(head))).isNotNull();
    for (int cut = 1; cut < head.length(); cut++) {
      HeadReader reader = HeadReader.forRequests(SMALL);
      assertThat(reader.read(buffer(head.substring(0, cut)))).isNull();
      assertThat(reader.read(buffer(head.substring(cut)))).as("cut at %s", cut).isNotNull();
    }
  }

  @Test
  void refusesAHeaderSectionOverTheLimitBeforeItEnds() throws ProxyException {
    HeadReader reader = HeadReader.forRequests(SMALL);
    assertThat(reader.read(buffer("GET / HTTP/1.1\r\nA: " + "a".repeat(61)))).isNull();
    assertThat(status(refusal(() -> reader.read(buffer("a"))))).isEqualTo(431);
    String complete = "GET / HTTP/1.1\r\nA: " + "a".repeat(64 - 4) + "\r\n\r\n";
    HeadReader whole = HeadReader.forRequests(SMALL);
    assertThat(status(refusal(() -> whole.read(buffer(complete))))).isEqualTo(431);
  }

  @Test
  void refusesTheFieldLineOverTheLimitWhenItBegins() throws ProxyException {
    HeadReader reader = HeadReader.forRequests(SMALL);
    assertThat(reader.read(buffer("GET / HTTP/1.1\r\na:\r\nb:\r\nc:\r\nd:\r\n"))).isNull();
    assertThat(status(refusal(() -> reader.read(buffer("e"))))).isEqualTo(431);
  }

  @Test
  void blamesTheUpstreamForWhatALimitRefuses() {
    HeadReader reader = HeadReader.forResponses(SMALL);
    ProxyException refusal = refusal(() -> reader.read(buffer("HTTP/1.1 200 " + "x".repeat(99))));
    assertThat(refusal.source()).isEqualTo(ErrorSource.UPSTREAM);
    assertThat(refusal.kind()).isEqualTo(ErrorKind.INVALID_HTTP_HEADER);
  }

  @Test
  void letsResponsesFoldTheirFields() throws ProxyException {
    String head = "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\td\r\nE: f\r\n\r\n";
    assertThat(responses.read(buffer(head))).isNotNull();
    assertThat(responses.fieldLines()).isEqualTo(2);
  }

  @Test
  void refusesWhiteSpaceBehindTheStatusLine() {
    assertThat(refusal(() -> responses.read(buffer("HTTP/1.1 200 OK\r\n A: b")))).isNotNull();
  }

  @Test
  void quietlyEndsBetweenRequests() {
    assertThatCode(requests::endOfInput).doesNotThrowAnyException();
  }

  @Test
  void reportsAClientThatLeavesWithinAHead() throws ProxyException {
    assertThat(requests.read(buffer("G"))).isNull();
    ProxyException refusal = refusal(requests::endOfInput);
    assertThat(refusal.kind()).isEqualTo(ErrorKind.CONNECTION_CLOSED);
    assertThat(refusal.source()).isEqualTo(ErrorSource.DOWNSTREAM);
  }

  @Test
  void reportsAnUpstreamThatLeavesBeforeAnAnswerAsRetryableOnAReusedConnection() {
    ProxyException refusal = refusal(responses::endOfInput);
    assertThat(refusal.kind()).isEqualTo(ErrorKind.CONNECTION_CLOSED);
    assertThat(refusal.retry()).isEqualTo(Retry.IF_REUSED);
  }

  @Test
  void reportsAnUpstreamThatLeavesWithinAHeadAsFinal() throws ProxyException {
    assertThat(responses.read(buffer("HTTP/1.1 2"))).isNull();
    ProxyException refusal = refusal(responses::endOfInput);
    assertThat(refusal.source()).isEqualTo(ErrorSource.UPSTREAM);
    assertThat(refusal.retry()).isEqualTo(Retry.NEVER);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 9, 15, 16, 17})
  void findsAControlCharacterAtAnyDistance(int distance) {
    for (byte control : new byte[] {0, 1, 8, '\n', 0x0b, 0x1f, 0x7f}) {
      byte[] octets = bytes("x".repeat(distance) + "?" + "\u0080\u00ff x~".repeat(4));
      octets[distance] = control;
      HeadReader reader = HeadReader.forRequests(Http1Limits.REQUEST);
      assertThat(refusal(() -> reader.read(ByteBuffer.wrap(octets))))
          .hasMessageContaining("octet " + distance);
    }
  }
}

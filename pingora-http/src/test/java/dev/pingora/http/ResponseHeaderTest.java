// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ResponseHeaderTest {
  private static ResponseHeader received(int status, String reason) {
    byte[] head = ("HTTP/1.1 " + status + " " + reason).getBytes(StandardCharsets.ISO_8859_1);
    Fields fields = Fields.ofSection(head, 0);
    return ResponseHeader.ofHead(status, head, 13, reason.length(), HttpVersion.HTTP_1_1, fields);
  }

  private static String written(ResponseHeader response) {
    ByteBuffer out = ByteBuffer.allocate(response.statusLineLength());
    assertThat(response.writeStatusLine(out)).isTrue();
    assertThat(out.remaining()).isZero();
    return new String(out.array(), StandardCharsets.ISO_8859_1);
  }

  @Test
  void hasTheStandardReasonUnlessToldOtherwise() {
    assertThat(written(ResponseHeader.of(200))).isEqualTo("HTTP/1.1 200 OK\r\n");
    assertThat(written(ResponseHeader.of(299))).isEqualTo("HTTP/1.1 299 \r\n");
    assertThat(written(ResponseHeader.of(200).reason("Fine"))).isEqualTo("HTTP/1.1 200 Fine\r\n");
    assertThat(written(ResponseHeader.of(200).reason(""))).isEqualTo("HTTP/1.1 200 \r\n");
  }

  @Test
  void keepsAReasonThatCameOctetForOctet() {
    ResponseHeader response = received(404, "Pas trouv\u00e9\t!");

    assertThat(written(response)).isEqualTo("HTTP/1.1 404 Pas trouv\u00e9\t!\r\n");
    assertThat(response.reason()).isEqualTo("Pas trouv\u00e9\t!");
    assertThat(response.reason()).isSameAs(response.reason());
    assertThat(written(response.copy())).isEqualTo(written(response));
    assertThat(written(received(200, ""))).isEqualTo("HTTP/1.1 200 \r\n");
  }

  @Test
  void dropsTheReasonWithTheStatusItBelongedTo() {
    ResponseHeader response = received(404, "Gone fishing").status(503);

    assertThat(response.status()).isEqualTo(503);
    assertThat(response.reason()).isEqualTo("Service Unavailable");
    assertThat(written(response)).isEqualTo("HTTP/1.1 503 Service Unavailable\r\n");
    assertThat(ResponseHeader.of(200).reason("x").status(201).reason()).isEqualTo("Created");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nX: y", "\n", "\0", "\u007f", "\u20ac", "\u001b"})
  void refusesReasonsThatCouldBreakOut(String reason) {
    assertThatThrownBy(() -> ResponseHeader.of(200).reason(reason))
        .isInstanceOf(IllegalArgumentException.class)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContainPattern("\\p{Cntrl}"));
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 99, 1000, Integer.MAX_VALUE})
  void refusesCodesThatAreNotThreeDigits(int status) {
    assertThatThrownBy(() -> ResponseHeader.of(status))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("status: " + status + " (expected: 100..999)");
    assertThatThrownBy(() -> ResponseHeader.of(200).status(status))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> received(status, "")).isInstanceOf(RuntimeException.class);
  }

  @Test
  void writesEachVersionThatHasAStatusLine() {
    ResponseHeader response = ResponseHeader.of(204);

    assertThat(written(response.version(HttpVersion.HTTP_1_0)))
        .isEqualTo("HTTP/1.0 204 No Content\r\n");
    assertThat(written(response.version(HttpVersion.HTTP_2)))
        .isEqualTo("HTTP/1.1 204 No Content\r\n");
    assertThat(response.version()).isEqualTo(HttpVersion.HTTP_2);
  }

  @Test
  void saysWhenTheStatusLineDoesNotFit() {
    ResponseHeader response = ResponseHeader.of(200);
    ByteBuffer small = ByteBuffer.allocate(response.statusLineLength() - 1);

    assertThat(response.writeStatusLine(small)).isFalse();
    assertThat(small.position()).isZero();
  }

  @Test
  void setsContentLength() {
    ResponseHeader response = ResponseHeader.of(200).add("Content-length", "1").contentLength(42);

    assertThat(response.headers().all("Content-Length")).containsExactly("42");
    assertThatThrownBy(() -> response.contentLength(-1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void copiesShareNothingThatChanges() {
    ResponseHeader original = received(404, "Nope").set("A", "1");
    ResponseHeader copy = original.copy();
    copy.status(200).set("A", "2").add(FieldName.VIA, "x").remove("B");
    original.remove(FieldName.AGE).set(FieldName.DATE, "d").add("N", "n").set("M", 5);

    assertThat(written(original)).isEqualTo("HTTP/1.1 404 Nope\r\n");
    assertThat(original.headers()).hasToString("Fields[A, Date, N, M]");
    assertThat(copy.headers().first("a")).isEqualTo("2");
    assertThat(copy.headers()).hasToString("Fields[A, Via]");
    assertThat(original).hasToString("404 Nope");
  }
}

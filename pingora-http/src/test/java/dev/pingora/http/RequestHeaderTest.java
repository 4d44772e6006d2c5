// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class RequestHeaderTest {
  @Test
  void writesWhatItWasBuiltFrom() {
    RequestHeader request = RequestHeader.of("GET", "/a?b=c").set("Host", "a.example:80");
    request.headers().add("X-A", "  1 ");
    request.headers().add(FieldName.CONTENT_LENGTH, 12);
    request.set("x-a", "2").remove("nothing");
    RequestHeader copy = request.copy().set("X-A", "3");
    ByteBuffer out = ByteBuffer.allocate(200);

    assertThat(request.writeRequestLine(out)).isTrue();
    assertThat(request.headers().writeTo(out)).isTrue();

    assertThat(new String(out.array(), 0, out.position(), StandardCharsets.ISO_8859_1))
        .isEqualTo("GET /a?b=c HTTP/1.1\r\nHost: a.example:80\r\nx-a: 2\r\nContent-Length: 12\r\n");
    assertThat(copy.headers().first("X-A")).isEqualTo("3");
    assertThat(request.headers().first("X-A")).isEqualTo("2");
    assertThat(request.host()).isEqualTo("a.example");
    assertThat(request.port()).isEqualTo(80);
  }

  @Test
  void normalisesThePath() {
    assertThat(RequestHeader.of("GET", "/a/%2e%2E/%7euser//x/").path()).isEqualTo("/~user/x/");
    assertThat(RequestHeader.of("GET", "/../../etc/.").path()).isEqualTo("/etc/");
  }
}

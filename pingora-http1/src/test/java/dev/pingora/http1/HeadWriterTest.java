// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import static dev.pingora.http1.Wire.request;
import static dev.pingora.http1.Wire.response;
import static dev.pingora.http1.Wire.written;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.error.ProxyException;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

final class HeadWriterTest {
  private static final String REQUEST =
      "PoST /\u00ff?a=\"b\" HTTP/1.1\r\nhOST:   h \r\nX:\ty\r\nEmpty:\r\nX: \u00e4\r\n\r\n";
  private static final String RESPONSE = "HTTP/1.1 200 Fine \r\nA:b\r\nServer: x\t\r\n\r\n";

  @Test
  void writesUntouchedHeadsAsTheyCame() throws ProxyException {
    ByteBuffer out = ByteBuffer.allocateDirect(200);
    assertThat(HeadWriter.write(request(REQUEST), out)).isTrue();
    assertThat(written(out)).isEqualTo(REQUEST);
    out.clear();
    assertThat(HeadWriter.write(response(RESPONSE), out)).isTrue();
    assertThat(written(out)).isEqualTo(RESPONSE);
  }

  @Test
  void writesEditsInTheirPlace() throws ProxyException {
    RequestHeader request = request(REQUEST);
    request.set("host", "i").remove("Empty").add("New", "1").target("/z");
    ByteBuffer out = ByteBuffer.allocate(200);
    assertThat(HeadWriter.write(request, out)).isTrue();
    assertThat(written(out))
        .isEqualTo("PoST /z HTTP/1.1\r\nhost: i\r\nX:\ty\r\nX: \u00e4\r\nNew: 1\r\n\r\n");
  }

  @Test
  void writesItsOwnVersion() throws ProxyException {
    ByteBuffer out = ByteBuffer.allocate(200);
    out.put((byte) '#');
    assertThat(HeadWriter.write(request("GET / HTTP/1.0\r\n\r\n"), out)).isTrue();
    assertThat(HeadWriter.write(response("HTTP/1.0 200 OK\r\n\r\n"), out)).isTrue();
    assertThat(written(out)).isEqualTo("#GET / HTTP/1.1\r\n\r\nHTTP/1.1 200 OK\r\n\r\n");
  }

  @Test
  void knowsItsLengthAndWritesAllOrNothing() throws ProxyException {
    RequestHeader request = request(REQUEST).set("A", "b");
    int length = HeadWriter.encodedLength(request);
    for (int room = 0; room < length; room++) {
      ByteBuffer out = ByteBuffer.allocate(room);
      assertThat(HeadWriter.write(request, out)).as("room %s", room).isFalse();
      assertThat(out.position()).isZero();
    }
    assertThat(HeadWriter.write(request, ByteBuffer.allocate(length))).isTrue();
    ResponseHeader response = response(RESPONSE).set("A", "b");
    length = HeadWriter.encodedLength(response);
    for (int room = 0; room < length; room++) {
      ByteBuffer out = ByteBuffer.allocate(room);
      assertThat(HeadWriter.write(response, out)).as("room %s", room).isFalse();
      assertThat(out.position()).isZero();
    }
    assertThat(HeadWriter.write(response, ByteBuffer.allocate(length))).isTrue();
  }
}

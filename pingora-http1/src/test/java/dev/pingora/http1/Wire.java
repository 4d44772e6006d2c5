// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pingora.error.ProxyException;
import dev.pingora.http.Field;
import dev.pingora.http.Fields;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Text to octets and back (ISO-8859-1), and what the tests of this module do again and again.
final class Wire {
  /// A check that may fail as the codec does.
  interface Action {
    void run() throws ProxyException;
  }

  private Wire() {}

  static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  static ByteBuffer buffer(String text) {
    return ByteBuffer.wrap(bytes(text));
  }

  static String text(byte[] bytes) {
    return new String(bytes, ISO_8859_1);
  }

  /// {@return what has been written into a buffer}
  static String written(ByteBuffer out) {
    byte[] bytes = new byte[out.position()];
    out.get(0, bytes);
    return text(bytes);
  }

  /// {@return the next head, read as a connection does}
  static RequestHeader request(String head) throws ProxyException {
    HeadReader reader = HeadReader.forRequests(Http1Limits.REQUEST);
    ByteBuffer in = buffer(head);
    byte[] octets = reader.read(in);
    assertThat(octets).as("a complete head").isNotNull();
    assertThat(in.hasRemaining()).as("input behind the head").isFalse();
    return reader.parseRequest(present(octets));
  }

  static ResponseHeader response(String head) throws ProxyException {
    HeadReader reader = HeadReader.forResponses(Http1Limits.RESPONSE);
    byte[] octets = reader.read(buffer(head));
    assertThat(octets).as("a complete head").isNotNull();
    return reader.parseResponse(present(octets));
  }

  static <T> T present(@Nullable T value) {
    if (value == null) {
      throw new AssertionError("absent");
    }
    return value;
  }

  /// {@return a section with these lines, each `Name: value`}
  static Fields fields(String... lines) {
    Fields fields = Fields.empty();
    for (String line : lines) {
      int colon = line.indexOf(':');
      fields.add(line.substring(0, colon), line.substring(colon + 1));
    }
    return fields;
  }

  /// {@return the lines of a section, each `Name: value`}
  static List<String> lines(Fields fields) {
    List<String> lines = new ArrayList<>();
    for (Field field : fields) {
      lines.add(field.name() + ": " + field.value());
    }
    return lines;
  }

  /// {@return the refusal, which there must be}
  static ProxyException refusal(Action action) {
    ProxyException refusal = catchThrowableOfType(ProxyException.class, action::run);
    assertThat(refusal).as("a refusal").isNotNull();
    return refusal;
  }

  /// {@return the status that a client is to be answered with}
  static int status(ProxyException refusal) {
    return refusal.kind().isStatus() ? refusal.kind().code() : 400;
  }

  /// Reads content from pieces of input, each in a buffer of its own kind.
  ///
  /// @return the content
  static String drain(ContentReader reader, List<ByteBuffer> pieces) throws ProxyException {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (ByteBuffer in : pieces) {
      for (int n = reader.read(in); n > 0; n = reader.read(in)) {
        byte[] piece = new byte[n];
        in.get(in.position() - n, piece);
        content.writeBytes(piece);
      }
      assertThat(reader.ended() || !in.hasRemaining()).as("input consumed or ended").isTrue();
    }
    return content.toString(ISO_8859_1);
  }

  /// {@return the octets as a direct buffer}
  static ByteBuffer direct(byte[] bytes, int from, int to) {
    return ByteBuffer.allocateDirect(to - from).put(bytes, from, to - from).flip();
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pingora.error.ProxyException;
import dev.pingora.http.RequestHeader;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The input side of a server connection as the engine runs it: head, framing, content, next head.
/// It notes what it saw.
final class Exchange {
  private final HeadReader heads = HeadReader.forRequests(Http1Limits.REQUEST);
  private final List<String> seen = new ArrayList<>();
  private final ByteArrayOutputStream content = new ByteArrayOutputStream();
  private @Nullable ContentReader reader;
  private String line = "";
  private boolean closed;

  /// {@return what a server sees in these pieces}
  ///
  /// For each request `METHOD target [content]`, with ` …` in place of the bracket's end if content
  /// is missing; for a refusal its status, after which nothing more is read.
  static List<String> of(List<byte[]> pieces) {
    Exchange exchange = new Exchange();
    for (byte[] piece : pieces) {
      exchange.feed(ByteBuffer.wrap(piece));
    }
    return exchange.end();
  }

  static List<String> of(String wire) {
    return of(List.of(Wire.bytes(wire)));
  }

  private void feed(ByteBuffer in) {
    try {
      while (in.hasRemaining() && !closed) {
        step(in);
      }
    } catch (ProxyException refused) {
      seen.add(String.valueOf(Wire.status(refused)));
      closed = true;
    }
  }

  private void step(ByteBuffer in) throws ProxyException {
    ContentReader open = reader;
    if (open == null) {
      byte[] head = heads.read(in);
      if (head != null) {
        begin(heads.parseRequest(head));
      }
      return;
    }
    int n = open.read(in, 7);
    for (int i = in.position() - n; i < in.position(); i++) {
      content.write(in.get(i));
    }
    finishIfEnded(open);
  }

  private void begin(RequestHeader request) throws ProxyException {
    line = request.method() + " " + request.target();
    MessageFraming framing = MessageFraming.ofRequest(request);
    ContentReader open = ContentReader.ofRequest(framing, Http1Limits.REQUEST);
    reader = open;
    finishIfEnded(open);
  }

  private void finishIfEnded(ContentReader open) {
    if (open.ended()) {
      seen.add(line + " [" + content.toString(ISO_8859_1) + "]");
      content.reset();
      reader = null;
    }
  }

  private List<String> end() {
    if (reader != null && !closed) {
      seen.add(line + " [" + content.toString(ISO_8859_1) + " …");
    }
    return seen;
  }
}

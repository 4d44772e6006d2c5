// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// One request at a [TestOrigin] and the way to answer it. Content is streamed both ways.
///
/// Used by the connection's thread only. The methods that answer write at once; a handler may
/// instead do as it likes with [#wire].
public final class Exchange {
  private final Wire wire;
  private final String requestLine;
  private final List<RawField> fields;
  private final RawMessage.Ending ending;

  /// Bytes left of the content, or of the chunk being read.
  private long left;

  private boolean contentEnded;
  private boolean continued;
  private boolean answered;
  private boolean closing;
  private List<RawField> trailers = List.of();

  private Exchange(Wire wire, String requestLine, List<RawField> fields) {
    this.wire = wire;
    this.requestLine = requestLine;
    this.fields = fields;
    this.ending = RawMessage.ending(fields, RawMessage.Ending.EMPTY);
    this.left = ending == RawMessage.Ending.LENGTH ? RawMessage.length(fields) : 0;
    this.contentEnded = ending != RawMessage.Ending.CHUNKS && left == 0;
    String connection = first("Connection").orElse("").toLowerCase(Locale.ROOT);
    this.closing =
        connection.contains("close")
            || (version().equals("HTTP/1.0") && !connection.contains("keep-alive"));
  }

  static Exchange read(Wire wire) {
    String line = wire.readLine();
    if (!line.matches(RawRequest.REQUEST_LINE)) {
      throw new AssertionError("no request line: '" + Escaped.of(line) + "'");
    }
    return new Exchange(wire, line, RawMessage.readFields(wire));
  }

  // ---- the request ------------------------------------------------------------------------

  private String word(int index) {
    return requestLine.split(" ", -1)[index];
  }

  /// {@return the request line, as it came}
  public String requestLine() {
    return requestLine;
  }

  /// {@return the method}
  public String method() {
    return word(0);
  }

  /// {@return the request target, as it came}
  public String target() {
    return word(1);
  }

  /// {@return the version}
  public String version() {
    return word(2);
  }

  /// {@return all field lines in order}
  public List<RawField> fields() {
    return fields;
  }

  /// {@return the value of the first field of this name, in any case}
  public Optional<String> first(String name) {
    return RawMessage.values(fields, name).stream().findFirst();
  }

  /// {@return the trailers, once all content was read}
  public List<RawField> trailers() {
    return trailers;
  }

  /// Reads content into `part`: 1 byte at least, or -1 at its end. Asks for it with a 100 response
  /// before the first byte, if the client waits for that.
  public int read(byte[] part) {
    if (!continued && !contentEnded) {
      continued = true;
      // RFC 9110 §10.1.1: not once the final response has begun.
      if (!answered && first("Expect").orElse("").equalsIgnoreCase("100-continue")) {
        wire.send("HTTP/1.1 100 Continue\r\n\r\n");
      }
    }
    if (left == 0 && ending == RawMessage.Ending.CHUNKS && !contentEnded) {
      left = RawMessage.chunkSize(wire.readLine());
      if (left == 0) {
        trailers = RawMessage.readFields(wire);
        contentEnded = true;
      }
    }
    if (contentEnded) {
      return -1;
    }
    int count = wire.readSome(part, 0, (int) Math.min(part.length, left));
    left -= count;
    if (left == 0) {
      endPart();
    }
    return count;
  }

  private void endPart() {
    if (ending == RawMessage.Ending.CHUNKS) {
      wire.expect("\r\n");
    } else {
      contentEnded = true;
    }
  }

  /// {@return all content; only for what fits in memory}
  public byte[] content() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] part = new byte[8192];
    for (int n = read(part); n >= 0; n = read(part)) {
      all.write(part, 0, n);
    }
    return all.toByteArray();
  }

  /// {@return all content as text, one character per byte}
  public String text() {
    return new String(content(), ISO_8859_1);
  }

  /// Reads what is left of the content and forgets it.
  ///
  /// @return how many bytes that were
  public long drain() {
    byte[] part = new byte[TestContent.MAX_PART];
    long sum = 0;
    for (int n = read(part); n >= 0; n = read(part)) {
      sum += n;
    }
    return sum;
  }

  /// Reads what is left of the content, which must be [TestContent] from its beginning.
  ///
  /// @return how many bytes that were
  public long drainContent() {
    byte[] part = new byte[TestContent.MAX_PART];
    long sum = 0;
    for (int n = read(part); n >= 0; n = read(part)) {
      TestContent.check(part, n, sum);
      sum += n;
    }
    return sum;
  }

  // ---- the response -----------------------------------------------------------------------

  /// Answers with text and its `Content-Length`.
  public void respond(int status, String content, String... fieldLines) {
    respond(status, content.getBytes(ISO_8859_1), fieldLines);
  }

  /// Answers with bytes and their `Content-Length`.
  public void respond(int status, byte[] content, String... fieldLines) {
    head(status, "Content-Length: " + content.length, fieldLines);
    if (!method().equals("HEAD")) {
      wire.send(content);
    }
  }

  /// Answers with [TestContent] of any length.
  public void respondContent(int status, long length, String... fieldLines) {
    head(status, "Content-Length: " + length, fieldLines);
    if (!method().equals("HEAD")) {
      wire.sendContent(length);
    }
  }

  /// Begins a chunked response: go on with [#sendChunk], end with [#endChunks].
  public void startChunks(int status, String... fieldLines) {
    head(status, "Transfer-Encoding: chunked", fieldLines);
  }

  /// Sends one chunk, with everything written when this returns.
  public void sendChunk(byte[] bytes, int count) {
    wire.send(Integer.toHexString(count) + "\r\n");
    wire.send(Arrays.copyOf(bytes, count));
    wire.send("\r\n");
  }

  /// Ends a chunked response, with these trailer lines.
  public void endChunks(String... trailerLines) {
    wire.send("0\r\n" + RawHttp.head(trailerLines));
  }

  /// Closes the connection after this exchange and says so in the response.
  public void close() {
    closing = true;
  }

  /// {@return the connection, to answer with bytes of one's own; they must be a whole response}
  public Wire wire() {
    answered = true;
    return wire;
  }

  private void head(int status, String framing, String... fieldLines) {
    answered = true;
    String head = RawHttp.lines("HTTP/1.1 " + status + " " + RawHttp.reason(status), framing);
    String connection = closing ? "Connection: close\r\n" : "";
    wire.send(head + connection + RawHttp.head(fieldLines));
  }

  boolean answered() {
    return answered;
  }

  /// Whether another request may follow; if so, it is next on the wire.
  boolean finish() {
    if (closing) {
      return false;
    }
    if (!continued && first("Expect").isPresent()) {
      // Answered without asking for content: whether it still comes is unknown.
      return false;
    }
    drain();
    return true;
  }
}

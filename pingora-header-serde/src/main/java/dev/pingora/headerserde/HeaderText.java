// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.headerserde;

import dev.pingora.error.ProxyException;
import dev.pingora.http.Fields;
import dev.pingora.http.HttpVersion;
import dev.pingora.http.ResponseHeader;
import java.nio.ByteBuffer;

/// The text that is compressed: a response head in the form of HTTP/1 (RFC 9112 §2.1), but with the
/// version the response came by.
///
/// ```
///   HTTP/2.0 200 OK\r\n
///   content-type: text/html\r\n
///   \r\n
/// ```
///
/// Field lines are written as they came, so case, order, duplicates, white space and odd octets are
/// kept. Reading accepts no more than what [Fields] can hold: a changed text may be another head,
/// but never one that splits a message when it is written to a connection.
final class HeaderText {
  private static final HttpVersion[] VERSIONS = HttpVersion.values();

  // "HTTP/1.1 200 ": where the parts of a status line stand (RFC 9112 §4).
  private static final int MAJOR = 5;
  private static final int MINOR = 7;
  private static final int STATUS = 9;
  private static final int REASON = 13;

  /// For the first guess of how many lines a text has; a guess too low costs one copy of an index.
  private static final int USUAL_LINE = 32;

  private HeaderText() {}

  /// {@return how many octets [#write] writes}
  static int length(ResponseHeader head) {
    return head.statusLineLength() + head.headers().encodedLength() + 2;
  }

  /// Writes a head at the buffer's position; there must be room.
  static void write(ResponseHeader head, ByteBuffer out) {
    int start = out.position();
    boolean fits = head.writeStatusLine(out) && head.headers().writeTo(out);
    if (!fits) {
      throw new IllegalStateException("out: no room (expected: " + length(head) + " octets)");
    }
    String version = head.version().text();
    out.put(start + MAJOR, (byte) version.charAt(MAJOR));
    out.put(start + MINOR, (byte) version.charAt(MINOR));
    out.put((byte) '\r').put((byte) '\n');
  }

  /// {@return the head that a text says}
  ///
  /// @param text taken over: the head keeps it, nobody may write it again
  /// @throws ProxyException [HeaderSerde#DAMAGED] if it is no text of [#write]
  static ResponseHeader parse(byte[] text, int maxFields) throws ProxyException {
    HttpVersion version = version(text);
    int reasonEnd = valueEnd(text, REASON);
    Fields fields = Fields.ofSection(text, text.length / USUAL_LINE + 4);
    int next = lineEnd(text, reasonEnd);
    while (next < text.length && text[next] != '\r') {
      if (fields.size() >= maxFields) {
        throw HeaderSerde.damaged("more than %d fields", maxFields);
      }
      next = parseLine(text, next, fields);
    }
    if (lineEnd(text, next) != text.length) {
      throw HeaderSerde.damaged("octets behind the head at %d", next);
    }
    return ResponseHeader.ofHead(status(text), text, REASON, reasonEnd - REASON, version, fields);
  }

  private static HttpVersion version(byte[] text) throws ProxyException {
    if (text.length < REASON || text[STATUS - 1] != ' ' || text[REASON - 1] != ' ') {
      throw HeaderSerde.damaged("no status line");
    }
    for (HttpVersion version : VERSIONS) {
      if (startsWith(text, version.text())) {
        return version;
      }
    }
    throw HeaderSerde.damaged("an unknown version");
  }

  private static boolean startsWith(byte[] text, String start) {
    for (int i = 0; i < start.length(); i++) {
      if (text[i] != start.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static int status(byte[] text) throws ProxyException {
    int status = 0;
    for (int i = STATUS; i < REASON - 1; i++) {
      int digit = text[i] - '0';
      if (digit < 0 || digit > 9) {
        throw HeaderSerde.damaged("a status that is no number");
      }
      status = status * 10 + digit;
    }
    if (status < 100) {
      throw HeaderSerde.damaged("the status %d", status);
    }
    return status;
  }

  /// {@return where the next line begins}
  private static int parseLine(byte[] text, int start, Fields fields) throws ProxyException {
    int nameEnd = start;
    while (nameEnd < text.length && Octet.isToken(text[nameEnd])) {
      nameEnd++;
    }
    if (nameEnd == start || nameEnd == text.length || text[nameEnd] != ':') {
      throw HeaderSerde.damaged("no field name at %d", start);
    }
    int valueStart = nameEnd + 1;
    while (valueStart < text.length && Octet.isSpace(text[valueStart])) {
      valueStart++;
    }
    int contentEnd = valueEnd(text, valueStart);
    int next = lineEnd(text, contentEnd);
    int valueEnd = contentEnd;
    while (valueEnd > valueStart && Octet.isSpace(text[valueEnd - 1])) {
      valueEnd--;
    }
    fields.addLine(start, nameEnd - start, valueStart, valueEnd - valueStart, next);
    return next;
  }

  /// {@return where the run of octets ends that a field value or a reason may have}
  private static int valueEnd(byte[] text, int from) {
    int end = from;
    while (end < text.length && Octet.isValue(text[end])) {
      end++;
    }
    return end;
  }

  /// {@return the place behind the CR LF that must be here}
  private static int lineEnd(byte[] text, int at) throws ProxyException {
    if (at + 2 > text.length || text[at] != '\r' || text[at + 1] != '\n') {
      throw HeaderSerde.damaged("no line end at %d", at);
    }
    return at + 2;
  }
}

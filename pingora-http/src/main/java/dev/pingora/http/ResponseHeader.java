// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http;

import static java.util.Objects.checkFromIndexSize;
import static java.util.Objects.requireNonNull;

import dev.pingora.error.Escaped;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The control data and header section of a response (RFC 9110 §6.2, §6.3), of any HTTP version.
///
/// A reason phrase that came is kept for HTTP/1 and written as it came; one that is not set is the
/// standard phrase of the status. **Threads.** Not safe; one owner.
public final class ResponseHeader {
  private static final byte[] NO_BYTES = {};
  private static final int MAX_SHOWN = 64;

  /// Values of `reasonLength`: the reason is in `reason`, or is that of the status.
  private static final int AS_TEXT = -1;

  private static final int STANDARD = -2;

  private int status;
  private HttpVersion version;
  private final Fields headers;

  private byte[] head;
  private int reasonStart;
  private int reasonLength;
  private @Nullable String reason;

  private ResponseHeader(int status, HttpVersion version, Fields headers) {
    this.status = status;
    this.version = version;
    this.headers = headers;
    this.head = NO_BYTES;
    this.reasonLength = STANDARD;
  }

  /// {@return a response with an empty header section, as HTTP/1.1}
  ///
  /// @param status 100 to 999
  public static ResponseHeader of(int status) {
    return new ResponseHeader(StatusCode.checked(status), HttpVersion.HTTP_1_1, Fields.empty());
  }

  /// {@return a response that a codec of HTTP/1 has read and checked}
  ///
  /// @param head holds the octets of the reason; taken over, nobody may write them again
  /// @param headers taken over; usually over the same array
  public static ResponseHeader ofHead(
      int status,
      byte[] head,
      int reasonStart,
      int reasonLength,
      HttpVersion version,
      Fields headers) {
    checkFromIndexSize(reasonStart, reasonLength, head.length);
    ResponseHeader response = of(status, version, headers);
    response.head = head;
    response.reasonStart = reasonStart;
    response.reasonLength = reasonLength;
    return response;
  }

  /// {@return a response with the standard reason, for codecs of versions that have none}
  ///
  /// @param headers taken over
  public static ResponseHeader of(int status, HttpVersion version, Fields headers) {
    return new ResponseHeader(
        StatusCode.checked(status),
        requireNonNull(version, "version"),
        requireNonNull(headers, "headers"));
  }

  /// {@return an independent copy} Two small objects; the octets are shared until one side changes.
  public ResponseHeader copy() {
    ResponseHeader copy = new ResponseHeader(status, version, headers.copy());
    copy.head = head;
    copy.reasonStart = reasonStart;
    copy.reasonLength = reasonLength;
    copy.reason = reason;
    return copy;
  }

  /// {@return the status code}
  public int status() {
    return status;
  }

  /// Changes the status; the reason becomes the standard one.
  public ResponseHeader status(int newStatus) {
    status = StatusCode.checked(newStatus);
    reasonLength = STANDARD;
    reason = null;
    head = NO_BYTES;
    return this;
  }

  /// {@return the reason phrase, empty if there is none}
  public String reason() {
    if (reasonLength == STANDARD) {
      return StatusCode.reason(status);
    }
    String text = reason;
    if (text == null) {
      text = Octets.text(head, reasonStart, reasonLength);
      reason = text;
    }
    return text;
  }

  /// Changes the reason phrase.
  ///
  /// @throws IllegalArgumentException if it is not made of HTAB, SP, VCHAR and obs-text (RFC 9112
  ///   §4)
  public ResponseHeader reason(String newReason) {
    for (int i = 0; i < newReason.length(); i++) {
      if (!Octets.isValueChar(newReason.charAt(i))) {
        throw new IllegalArgumentException(
            "reason: \""
                + Escaped.text(newReason, MAX_SHOWN)
                + "\" (expected: visible characters up to U+00FF, space, tab)");
      }
    }
    reason = newReason;
    reasonLength = AS_TEXT;
    head = NO_BYTES;
    return this;
  }

  /// {@return the protocol version}
  public HttpVersion version() {
    return version;
  }

  /// Changes the protocol version.
  public ResponseHeader version(HttpVersion newVersion) {
    version = requireNonNull(newVersion, "newVersion");
    return this;
  }

  /// {@return the header section, which may be changed}
  public Fields headers() {
    return headers;
  }

  /// See [Fields#set(String, String)].
  public ResponseHeader set(String name, String value) {
    headers.set(name, value);
    return this;
  }

  /// See [Fields#set(FieldName, String)].
  public ResponseHeader set(FieldName name, String value) {
    headers.set(name, value);
    return this;
  }

  /// See [Fields#set(String, long)].
  public ResponseHeader set(String name, long value) {
    headers.set(name, value);
    return this;
  }

  /// See [Fields#add(String, String)].
  public ResponseHeader add(String name, String value) {
    headers.add(name, value);
    return this;
  }

  /// See [Fields#add(FieldName, String)].
  public ResponseHeader add(FieldName name, String value) {
    headers.add(name, value);
    return this;
  }

  /// See [Fields#remove(String)].
  public ResponseHeader remove(String name) {
    headers.remove(name);
    return this;
  }

  /// See [Fields#remove(FieldName)].
  public ResponseHeader remove(FieldName name) {
    headers.remove(name);
    return this;
  }

  /// Sets Content-Length.
  ///
  /// @param octets not negative
  public ResponseHeader contentLength(long octets) {
    if (octets < 0) {
      throw new IllegalArgumentException("octets: " + octets + " (expected: 0 or more)");
    }
    headers.set(FieldName.CONTENT_LENGTH, octets);
    return this;
  }

  /// {@return how many octets [#writeStatusLine] writes}
  public int statusLineLength() {
    int length = reasonLength >= 0 ? reasonLength : reason().length();
    return version.firstLineText().length() + length + 7;
  }

  /// Writes `version SP status SP [reason] CRLF` (RFC 9112 §4).
  ///
  /// @return false if it does not fit: then nothing was written
  public boolean writeStatusLine(ByteBuffer out) {
    if (out.remaining() < statusLineLength()) {
      return false;
    }
    Octets.put(out, version.firstLineText());
    out.put((byte) ' ');
    out.put((byte) ('0' + status / 100));
    out.put((byte) ('0' + status / 10 % 10));
    out.put((byte) ('0' + status % 10));
    out.put((byte) ' ');
    if (reasonLength >= 0) {
      out.put(head, reasonStart, reasonLength);
    } else {
      Octets.put(out, reason());
    }
    out.put((byte) '\r').put((byte) '\n');
    return true;
  }

  /// {@return the status and the reason, escaped}
  @Override
  public String toString() {
    return status + " " + Escaped.text(reason(), MAX_SHOWN);
  }
}

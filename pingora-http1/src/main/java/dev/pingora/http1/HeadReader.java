// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import dev.pingora.error.Retry;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Takes the heads of one connection's messages out of its input, one after the other.
///
/// ```java
/// byte[] head = reader.read(in);                       // null: release `in`, wait for more
/// if (head != null) {
///   RequestHeader request = reader.parseRequest(head);
/// }
/// ```
///
/// [#read] consumes exactly one head and nothing behind it. An incomplete head is consumed too and
/// kept here, within the limits; between messages nothing is kept. Every octet is looked at once,
/// however small the pieces. What can never become a valid head is refused when it is seen, not at
/// the end of the head: bare CR or LF, control characters, folded request fields, and all that
/// exceeds [Http1Limits].
///
/// After an exception the reader must not be used again: where the next message begins is unknown
/// (RFC 9112 §9.3), so the connection closes. One owner; not safe for use by several threads at
/// once.
public final class HeadReader {
  private enum Lead {
    /// An empty line may come.
    OPEN,
    /// The CR of an empty line has come.
    CR,
    /// The head has begun, or nothing may come before it.
    CLOSED
  }

  /// Room for lines that are added to a response on its way; a request is copied before.
  private static final int SPARE_LINES = 2;

  private final boolean requests;
  private final ErrorSource side;
  private final SectionReader section;
  private final FieldParser fields;
  private Lead lead;

  private HeadReader(boolean requests, Http1Limits limits) {
    this.requests = requests;
    this.side = requests ? ErrorSource.DOWNSTREAM : ErrorSource.UPSTREAM;
    SectionScanner.Kind kind =
        requests ? SectionScanner.Kind.REQUEST_HEAD : SectionScanner.Kind.RESPONSE_HEAD;
    this.section = new SectionReader(kind, side, limits);
    this.fields = new FieldParser(kind, side);
    this.lead = firstLead();
  }

  /// {@return a reader of what a client sends}
  public static HeadReader forRequests(Http1Limits limits) {
    return new HeadReader(true, limits);
  }

  /// {@return a reader of what an upstream sends}
  public static HeadReader forResponses(Http1Limits limits) {
    return new HeadReader(false, limits);
  }

  private Lead firstLead() {
    return requests ? Lead.OPEN : Lead.CLOSED;
  }

  /// Consumes input up to the end of a head, or all of it.
  ///
  /// @param in input between position and limit, heap or direct, any byte order
  /// @return the head from the first octet of its start line to the end of its empty line, in an
  ///   array of that length that now belongs to the caller; null if more input is needed
  /// @throws ProxyException if no continuation can make this a valid head
  public byte @Nullable [] read(ByteBuffer in) throws ProxyException {
    if (lead != Lead.CLOSED) {
      skipEmptyLine(in);
    }
    if (!in.hasRemaining()) {
      return null;
    }
    byte[] head = section.read(in);
    if (head != null) {
      lead = firstLead();
    }
    return head;
  }

  /// RFC 9112 §2.2: a server should ignore at least one empty line before the request line; we
  /// ignore one.
  private void skipEmptyLine(ByteBuffer in) throws ProxyException {
    while (in.hasRemaining()) {
      byte next = in.get(in.position());
      switch (lead) {
        case OPEN -> {
          if (next != Octets.CR) {
            lead = Lead.CLOSED;
            return;
          }
          lead = Lead.CR;
        }
        case CR -> {
          if (next != Octets.LF) {
            throw Violation.head(side, "CR without LF before the request line (RFC 9112 §2.2)");
          }
          lead = Lead.CLOSED;
        }
        case CLOSED -> {
          return;
        }
      }
      in.position(in.position() + 1);
    }
  }

  /// {@return whether an octet of a head that is not yet complete has been read}
  ///
  /// The deadline for a head begins when this turns true. An empty line before the request line
  /// does not count.
  public boolean started() {
    return section.started();
  }

  /// {@return bytes of memory that hold the part of a head that has come}
  public int keptBytes() {
    return section.keptCapacity();
  }

  /// {@return the request of the head that [#read] has returned; see [RequestParser#parse]}
  ///
  /// @throws ProxyException downstream, of kind `INVALID_HTTP_HEADER` (400) or `status(505)`
  public RequestHeader parseRequest(byte[] head) throws ProxyException {
    return RequestParser.parse(head, fields, fieldLines());
  }

  /// {@return the response of the head that [#read] has returned; see [ResponseParser#parse]}
  ///
  /// @throws ProxyException upstream, of kind `INVALID_HTTP_HEADER`
  public ResponseHeader parseResponse(byte[] head) throws ProxyException {
    return ResponseParser.parse(head, fields, fieldLines() + SPARE_LINES);
  }

  /// {@return how many field lines the last head has}
  int fieldLines() {
    return section.fieldLines();
  }

  /// To be called when the peer has closed its side.
  ///
  /// A client that closes between two messages ends its connection in the normal way; then this
  /// returns. An upstream that does so owes a response; the request may be sent again if the
  /// connection had been used before, because the upstream may have closed it while the request was
  /// on its way (RFC 9112 §9.3.1).
  ///
  /// @throws ProxyException if the peer left in the middle of a head, or before a response
  public void endOfInput() throws ProxyException {
    if (started()) {
      throw Violation.closed(side, "the peer closed in the middle of a head");
    }
    if (!requests) {
      throw Violation.closed(side, "the peer closed before a response").withRetry(Retry.IF_REUSED);
    }
  }
}

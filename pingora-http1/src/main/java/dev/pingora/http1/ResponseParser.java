// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import dev.pingora.http.Fields;
import dev.pingora.http.HttpVersion;
import dev.pingora.http.ResponseHeader;

/// Parses the head of a response: status line (RFC 9112 §4) and field lines (§5).
///
/// Three leniencies that framing cannot suffer from, because what goes downstream is our normal
/// form of it: the space before an absent reason phrase may be missing, and the two repairs of
/// field lines that RFC 9112 §5.1 and §5.2 speak of. Everything else that the grammar does not
/// allow makes the response malformed; the client gets 502. How the content is framed is decided by
/// [MessageFraming#ofResponse], nowhere else.
///
/// Pure; any thread may use it.
public final class ResponseParser {
  private static final int USUAL_LINES = 16;
  private static final int STATUS = VersionText.LENGTH + 1;
  private static final int STATUS_END = STATUS + 3;
  private static final ErrorSource SIDE = ErrorSource.UPSTREAM;

  private ResponseParser() {}

  /// {@return the response}
  ///
  /// @param head one head, from the first octet of the status line to the end of the empty line;
  ///   taken over: nobody may write it again
  /// @throws ProxyException upstream, of kind `INVALID_HTTP_HEADER`
  public static ResponseHeader parse(byte[] head) throws ProxyException {
    return parse(head, new FieldParser(SectionScanner.Kind.RESPONSE_HEAD, SIDE), USUAL_LINES);
  }

  static ResponseHeader parse(byte[] head, FieldParser lines, int expectedLines)
      throws ProxyException {
    HttpVersion version = VersionText.parse(head, 0, SIDE);
    int status = status(head);
    int reason = octet(head, STATUS_END) == Octets.SP ? STATUS_END + 1 : STATUS_END;
    int end = reason;
    while (!Octets.isControl(octet(head, end)) || head[end] == Octets.HTAB) {
      end++;
    }
    boolean spaced = reason > STATUS_END || end == reason;
    if (!spaced || head[end] != Octets.CR || octet(head, end + 1) != Octets.LF) {
      throw violation(
          "status line with %s at octet %s (RFC 9112 §4)",
          Violation.quote(head[spaced ? end : STATUS_END]), spaced ? end : STATUS_END);
    }
    Fields fields = lines.parse(head, end + 2, expectedLines);
    return ResponseHeader.ofHead(status, head, reason, end - reason, version, fields);
  }

  /// RFC 9112 §4: three digits. RFC 9110 §15: codes under 100 have no class; those over 599 count
  /// as 5xx and are forwarded.
  private static int status(byte[] head) throws ProxyException {
    boolean digits = octet(head, VersionText.LENGTH) == Octets.SP;
    int status = 0;
    for (int i = STATUS; i < STATUS_END; i++) {
      digits &= Octets.isDigit(octet(head, i));
      status = status * 10 + head[i] - '0';
    }
    if (!digits || status < 100) {
      throw violation(
          "status code \"%s\" (RFC 9112 §4)", Violation.quote(head, STATUS, STATUS_END));
    }
    return status;
  }

  private static byte octet(byte[] head, int index) throws ProxyException {
    if (index >= head.length) {
      throw violation("the head ends within the status line");
    }
    return head[index];
  }

  private static ProxyException violation(String format, Object... args) {
    return Violation.head(SIDE, format, args);
  }
}

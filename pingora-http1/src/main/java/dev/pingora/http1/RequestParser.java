// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import dev.pingora.http.FieldName;
import dev.pingora.http.Fields;
import dev.pingora.http.HttpVersion;
import dev.pingora.http.Method;
import dev.pingora.http.RequestHeader;
import java.nio.charset.StandardCharsets;

/// Parses the head of a request: request line (RFC 9112 §3), field lines (§5), target and Host
/// (§3.2, §3.3).
///
/// What is accepted has one meaning only, for us and for every recipient behind us; what the
/// grammar does not allow is refused, not repaired. How the content is framed is decided by
/// [MessageFraming#ofRequest], nowhere else.
///
/// The result keeps the array: target and untouched field lines go upstream as the octets that
/// came. Two things differ from what came: a minor version above 1 is read as 1 (RFC 9112 §2.3),
/// and Host is replaced where the target names an authority that differs from it (RFC 9112 §3.2.2).
///
/// Pure; one instance parses one head.
public final class RequestParser {
  private static final int USUAL_LINES = 16;
  private static final ErrorSource SIDE = ErrorSource.DOWNSTREAM;

  private final byte[] head;
  private final FieldParser lines;
  private int targetStart;
  private int targetEnd;

  // The authority that an absolute or authority-form target names; empty for the other forms.
  private int authorityStart;
  private int authorityEnd;

  private RequestParser(byte[] head, int expectedLines) {
    this.head = head;
    this.lines = new FieldParser(head, SectionScanner.Kind.REQUEST_HEAD, SIDE, expectedLines);
  }

  /// Like [#parse(byte[], int)] with a guess at the number of lines.
  public static RequestHeader parse(byte[] head) throws ProxyException {
    return parse(head, USUAL_LINES);
  }

  /// {@return the request}
  ///
  /// @param head one head, from the first octet of the request line to the end of the empty line;
  ///   taken over: nobody may write it again
  /// @param expectedLines [HeadReader#fieldLines]; a hint that changes nothing but the room made at
  ///   first
  /// @throws ProxyException downstream, of kind `INVALID_HTTP_HEADER` (400) or `status(505)`
  public static RequestHeader parse(byte[] head, int expectedLines) throws ProxyException {
    return new RequestParser(head, expectedLines).request();
  }

  private RequestHeader request() throws ProxyException {
    String method = method();
    target();
    HttpVersion version = VersionText.parse(head, targetEnd + 1, SIDE);
    int end = targetEnd + 1 + VersionText.LENGTH;
    if (octet(end) != Octets.CR || octet(end + 1) != Octets.LF) {
      throw violation("version with octets behind it at octet %s (RFC 9112 §3)", end);
    }
    targetForm(method);
    Fields fields = lines.parse(end + 2);
    host(fields, version);
    return RequestHeader.ofHead(
        method, head, targetStart, targetEnd - targetStart, version, fields);
  }

  private String method() throws ProxyException {
    int end = 0;
    while (Octets.isTchar(octet(end))) {
      end++;
    }
    if (end == 0 || head[end] != Octets.SP) {
      throw violation(
          "method with %s at octet %s (RFC 9110 §9.1)", Violation.quote(head[end]), end);
    }
    targetStart = end + 1;
    return Method.of(head, 0, end);
  }

  /// RFC 9112 §3: one space on either side, and none within; a recipient that guesses where a
  /// target ends invites smuggling.
  private void target() throws ProxyException {
    int end = targetStart;
    while (Octets.isTarget(octet(end))) {
      end++;
    }
    if (end == targetStart || head[end] != Octets.SP) {
      throw violation(
          "request target with %s at octet %s (RFC 9112 §3.2)", Violation.quote(head[end]), end);
    }
    targetEnd = end;
  }

  /// RFC 9112 §3.2: which form a target may have depends on the method.
  private void targetForm(String method) throws ProxyException {
    byte first = head[targetStart];
    if (method.equals(Method.CONNECT)) {
      authorityForm();
    } else if (first == '*' && targetEnd - targetStart == 1) {
      if (!method.equals(Method.OPTIONS)) {
        throw violation("target * with a method other than OPTIONS (RFC 9112 §3.2.4)");
      }
    } else if (first != '/') {
      absoluteForm();
    }
  }

  private void authorityForm() throws ProxyException {
    if (!HostPort.isValid(head, targetStart, targetEnd, HostPort.Port.REQUIRED)) {
      throw badTarget("is not host:port, as CONNECT demands (RFC 9112 §3.2.3)");
    }
    authorityStart = targetStart;
    authorityEnd = targetEnd;
  }

  private void absoluteForm() throws ProxyException {
    int start = schemeEnd();
    int end = start;
    while (end < targetEnd && head[end] != '/' && head[end] != '?') {
      end++;
    }
    if (!HostPort.isValid(head, start, end, HostPort.Port.OPTIONAL)) {
      // RFC 9110 §4.2.4: userinfo in a target from an untrusted source is treated as an error.
      throw badTarget("has no authority of the form host[:port] (RFC 9110 §4.2)");
    }
    authorityStart = start;
    authorityEnd = end;
  }

  /// {@return the first octet behind `http://` or `https://`} Nothing else can be reached by HTTP
  /// through us.
  private int schemeEnd() throws ProxyException {
    int end = startsWithScheme("http://");
    if (end < 0) {
      end = startsWithScheme("https://");
    }
    if (end < 0) {
      throw badTarget("is none of /path, http://…, https://…, * (RFC 9112 §3.2)");
    }
    return end;
  }

  private int startsWithScheme(String scheme) {
    int length = scheme.length();
    if (targetEnd - targetStart < length) {
      return -1;
    }
    for (int i = 0; i < length; i++) {
      // RFC 3986 §3.1: schemes are case-insensitive. Bit 5 changes neither colon nor slash.
      if ((head[targetStart + i] | 0x20) != scheme.charAt(i)) {
        return -1;
      }
    }
    return targetStart + length;
  }

  /// RFC 9112 §3.2: 400 for a 1.1 request without Host, and for any with more than one or an
  /// invalid one.
  private void host(Fields fields, HttpVersion version) throws ProxyException {
    if (lines.hosts() > 1) {
      throw violation("more than one Host (RFC 9112 §3.2)");
    }
    if (lines.hosts() == 0 && version != HttpVersion.HTTP_1_0) {
      throw violation("no Host (RFC 9112 §3.2)");
    }
    if (lines.hosts() == 1
        && !HostPort.isValid(head, lines.hostStart(), lines.hostEnd(), HostPort.Port.OPTIONAL)) {
      throw violation(
          "Host \"%s\" is not host[:port] (RFC 9112 §3.2)",
          Violation.quote(head, lines.hostStart(), lines.hostEnd()));
    }
    if (authorityEnd > authorityStart) {
      agree(fields);
    }
  }

  /// RFC 9112 §3.2.2: the target's authority counts and replaces whatever Host says. The same for
  /// CONNECT (§3.2.3), where both must be identical anyway.
  private void agree(Fields fields) {
    String authority =
        new String(
            head, authorityStart, authorityEnd - authorityStart, StandardCharsets.ISO_8859_1);
    int index = fields.indexOf(FieldName.HOST, 0);
    if (index < 0 || !fields.valueEqualsIgnoreCase(index, authority)) {
      fields.set(FieldName.HOST, authority);
    }
  }

  private byte octet(int index) throws ProxyException {
    if (index >= head.length) {
      throw violation("the head ends within the request line");
    }
    return head[index];
  }

  private ProxyException badTarget(String rule) {
    return violation(
        "request target \"%s\" " + rule, Violation.quote(head, targetStart, targetEnd));
  }

  private static ProxyException violation(String format, Object... args) {
    return Violation.head(SIDE, format, args);
  }
}

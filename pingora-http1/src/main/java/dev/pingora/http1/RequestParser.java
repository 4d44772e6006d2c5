// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import dev.pingora.http.FieldName;
import dev.pingora.http.Fields;
import dev.pingora.http.HttpVersion;
import dev.pingora.http.Method;
import dev.pingora.http.RequestHeader;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
/// Pure; any thread may use it.
public final class RequestParser {
  private static final List<String> SCHEMES = List.of("http://", "https://");
  private static final int USUAL_LINES = 16;
  private static final ErrorSource SIDE = ErrorSource.DOWNSTREAM;

  private RequestParser() {}

  /// {@return the request}
  ///
  /// @param head one head, from the first octet of the request line to the end of the empty line;
  ///   taken over: nobody may write it again
  /// @throws ProxyException downstream, of kind `INVALID_HTTP_HEADER` (400) or `status(505)`
  public static RequestHeader parse(byte[] head) throws ProxyException {
    return parse(head, new FieldParser(SectionScanner.Kind.REQUEST_HEAD, SIDE), USUAL_LINES);
  }

  static RequestHeader parse(byte[] head, FieldParser lines, int expectedLines)
      throws ProxyException {
    String method = method(head);
    int targetStart = method.length() + 1;
    int targetEnd = targetEnd(head, targetStart);
    int end = targetEnd + 1 + VersionText.LENGTH;
    if (octet(head, end) != Octets.CR || octet(head, end + 1) != Octets.LF) {
      throw violation("no end of the request line at octet %s (RFC 9112 §3)", end);
    }
    HttpVersion version = VersionText.parse(head, targetEnd + 1, SIDE);
    String authority = authority(method, head, targetStart, targetEnd);
    Fields fields = lines.parse(head, end + 2, expectedLines);
    checkHost(head, lines, version);
    if (authority != null) {
      replaceHost(fields, authority);
    }
    return RequestHeader.ofHead(
        method, head, targetStart, targetEnd - targetStart, version, fields);
  }

  private static String method(byte[] head) throws ProxyException {
    int end = 0;
    while (Octets.isTchar(octet(head, end))) {
      end++;
    }
    if (end == 0 || head[end] != Octets.SP) {
      throw violation(
          "method with %s at octet %s (RFC 9110 §9.1)", Violation.quote(head[end]), end);
    }
    return Method.of(head, 0, end);
  }

  /// RFC 9112 §3: one space on either side, and none within; a recipient that guesses where a
  /// target ends invites smuggling.
  private static int targetEnd(byte[] head, int start) throws ProxyException {
    int end = start;
    while (Octets.isTarget(octet(head, end))) {
      end++;
    }
    if (end == start || head[end] != Octets.SP) {
      throw violation(
          "request target with %s at octet %s (RFC 9112 §3.2)", Violation.quote(head[end]), end);
    }
    return end;
  }

  /// Checks the form of the target; which ones are allowed depends on the method (RFC 9112 §3.2).
  ///
  /// @return the authority that the target names; null if its form names none
  private static @Nullable String authority(String method, byte[] head, int start, int end)
      throws ProxyException {
    if (method.equals(Method.CONNECT)) {
      return authorityForm(head, start, end);
    }
    if (head[start] == '/') {
      return null;
    }
    if (head[start] != '*' || end - start > 1) {
      return absoluteForm(head, start, end);
    }
    if (!method.equals(Method.OPTIONS)) {
      throw violation("target * with a method other than OPTIONS (RFC 9112 §3.2.4)");
    }
    return null;
  }

  private static String authorityForm(byte[] head, int start, int end) throws ProxyException {
    if (!HostPort.isValid(head, start, end, HostPort.Port.REQUIRED)) {
      throw badTarget(head, start, end, "is not host:port, as CONNECT demands (RFC 9112 §3.2.3)");
    }
    return new String(head, start, end - start, ISO_8859_1);
  }

  private static String absoluteForm(byte[] head, int start, int end) throws ProxyException {
    int host = schemeEnd(head, start, end);
    // Nothing else can be reached by HTTP through us.
    if (host < 0) {
      throw badTarget(head, start, end, "is none of /…, http://…, https://…, * (RFC 9112 §3.2)");
    }
    int hostEnd = host;
    while (hostEnd < end && head[hostEnd] != '/' && head[hostEnd] != '?') {
      hostEnd++;
    }
    if (!HostPort.isValid(head, host, hostEnd, HostPort.Port.OPTIONAL)) {
      // RFC 9110 §4.2.4: userinfo in a target from an untrusted source is treated as an error.
      throw badTarget(head, start, end, "has no authority host[:port] (RFC 9110 §4.2)");
    }
    return new String(head, host, hostEnd - host, ISO_8859_1);
  }

  /// {@return the first octet behind `http://` or `https://`, or -1}
  private static int schemeEnd(byte[] head, int start, int end) {
    for (String scheme : SCHEMES) {
      if (startsWith(scheme, head, start, end)) {
        return start + scheme.length();
      }
    }
    return -1;
  }

  private static boolean startsWith(String scheme, byte[] head, int start, int end) {
    if (end - start < scheme.length()) {
      return false;
    }
    for (int i = 0; i < scheme.length(); i++) {
      // RFC 3986 §3.1: schemes are case-insensitive. Bit 5 makes letters small; no control that it
      // would turn into `:` or `/`
      // stands in a target.
      if ((head[start + i] | 0x20) != scheme.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /// RFC 9112 §3.2: 400 for a 1.1 request without Host, and for any with more than one or an
  /// invalid one.
  private static void checkHost(byte[] head, FieldParser lines, HttpVersion version)
      throws ProxyException {
    if (lines.hosts() > 1) {
      throw violation("more than one Host (RFC 9112 §3.2)");
    }
    if (lines.hosts() == 0) {
      if (version != HttpVersion.HTTP_1_0) {
        throw violation("no Host (RFC 9112 §3.2)");
      }
      return;
    }
    int start = lines.hostStart();
    int end = lines.hostEnd();
    if (!HostPort.isValid(head, start, end, HostPort.Port.OPTIONAL)) {
      throw violation(
          "Host \"%s\" is not host[:port] (RFC 9112 §3.2)", Violation.quote(head, start, end));
    }
  }

  /// RFC 9112 §3.2.2: the target's authority counts and replaces whatever Host says. The same for
  /// CONNECT (§3.2.3), where both must be identical anyway.
  private static void replaceHost(Fields fields, String authority) {
    int index = fields.indexOf(FieldName.HOST, 0);
    if (index < 0 || !fields.valueEqualsIgnoreCase(index, authority)) {
      fields.set(FieldName.HOST, authority);
    }
  }

  private static byte octet(byte[] head, int index) throws ProxyException {
    if (index >= head.length) {
      throw violation("the head ends within the request line");
    }
    return head[index];
  }

  private static ProxyException badTarget(byte[] head, int start, int end, String rule) {
    return violation("request target \"%s\" %s", Violation.quote(head, start, end), rule);
  }

  private static ProxyException violation(String format, Object... args) {
    return Violation.head(SIDE, format, args);
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http;

import static java.util.Objects.checkFromIndexSize;
import static java.util.Objects.requireNonNull;

import dev.pingora.error.Escaped;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The control data and header section of a request (RFC 9110 §6.2, §6.3), of any HTTP version.
///
/// **Target.** [#target] is what came, octet for octet (one character each, ISO-8859-1), and is
/// what goes upstream unless it is changed. [#path] is its path in one normal spelling, for routing
/// and rules: `/a/../b`, `/%62` and `//b` are all `/b`.
///
/// **Authority.** `:authority` and `:scheme` of HTTP/2 are control data, not fields; codecs give
/// them with [#authority(String)] and [#scheme(String)]. [#authority()] is the Host field if there
/// is one, so that `set("Host", …)` always works, else that. Codecs see to it that the two do not
/// disagree in what came (RFC 9113 §8.3.1, RFC 9112 §3.2.2).
///
/// **Cost.** One object; texts are made when asked for, then kept. **Threads.** Not safe; one
/// owner.
public final class RequestHeader {
  private static final byte[] NO_BYTES = {};
  private static final int MAX_SHOWN = 64;

  private String method;
  private HttpVersion version;
  private final Fields headers;

  // The target: in `head` as long as it is as it came, and as text once somebody asked or set it.
  private byte[] head;
  private int targetStart;
  private int targetLength;
  private @Nullable String target;

  private @Nullable String path;
  private @Nullable String authority;
  private @Nullable String scheme;

  // host() computed when headers had this number of edits.
  private @Nullable String host;
  private int hostEdits;

  private RequestHeader(
      String method,
      byte[] head,
      int targetStart,
      int targetLength,
      HttpVersion version,
      Fields headers) {
    this.method = method;
    this.head = head;
    this.targetStart = targetStart;
    this.targetLength = targetLength;
    this.version = version;
    this.headers = headers;
  }

  /// {@return a request with an empty header section, as HTTP/1.1}
  ///
  /// @throws IllegalArgumentException if the method is no token or the target not one word
  public static RequestHeader of(String method, String target) {
    RequestHeader request =
        new RequestHeader(
            checkedMethod(method), NO_BYTES, 0, 0, HttpVersion.HTTP_1_1, Fields.empty());
    return request.target(target);
  }

  /// {@return a request that a codec has read and checked}
  ///
  /// @param method as of [Method#of]
  /// @param head holds the octets of the target; taken over, nobody may write them again
  /// @param headers taken over; usually over the same array
  public static RequestHeader ofHead(
      String method,
      byte[] head,
      int targetStart,
      int targetLength,
      HttpVersion version,
      Fields headers) {
    checkFromIndexSize(targetStart, targetLength, head.length);
    return new RequestHeader(
        requireNonNull(method, "method"),
        head,
        targetStart,
        targetLength,
        requireNonNull(version, "version"),
        requireNonNull(headers, "headers"));
  }

  /// {@return an independent copy, e.g. for one attempt upstream} Two small objects; the octets are
  /// shared until one side changes.
  public RequestHeader copy() {
    RequestHeader copy =
        new RequestHeader(method, head, targetStart, targetLength, version, headers.copy());
    copy.target = target;
    copy.path = path;
    copy.authority = authority;
    copy.scheme = scheme;
    copy.host = host;
    copy.hostEdits = hostEdits;
    return copy;
  }

  /// {@return the method}
  public String method() {
    return method;
  }

  /// Changes the method.
  ///
  /// @throws IllegalArgumentException if it is no token
  public RequestHeader method(String newMethod) {
    method = checkedMethod(newMethod);
    return this;
  }

  private static String checkedMethod(String method) {
    if (!Octets.isToken(method)) {
      throw new IllegalArgumentException(
          "method: \"" + Escaped.text(method, MAX_SHOWN) + "\" (expected: a token)");
    }
    return method;
  }

  /// {@return the request target as it came or was set; each octet is one character}
  public String target() {
    String text = target;
    if (text == null) {
      text = Octets.text(head, targetStart, targetLength);
      target = text;
    }
    return text;
  }

  /// Changes the request target; its octets are those of the text in ISO-8859-1.
  ///
  /// @throws IllegalArgumentException if it is empty or has a space, a control, a character over
  ///   U+00FF or a fragment
  public RequestHeader target(String newTarget) {
    for (int i = 0; i < newTarget.length(); i++) {
      char c = newTarget.charAt(i);
      // RFC 9112 §3.2: no white space in a target. RFC 9110 §7.1: no fragment.
      if (c <= ' ' || c == 0x7F || c > 0xFF || c == '#') {
        throw refusedTarget(newTarget);
      }
    }
    if (newTarget.isEmpty()) {
      throw refusedTarget(newTarget);
    }
    target = newTarget;
    targetLength = -1;
    head = NO_BYTES;
    path = null;
    host = null;
    return this;
  }

  private static IllegalArgumentException refusedTarget(String target) {
    return new IllegalArgumentException(
        "target: \""
            + Escaped.text(target, MAX_SHOWN)
            + "\" (expected: characters up to U+00FF without space, control and #)");
  }

  /// {@return which of the four forms the target has}
  public TargetForm form() {
    boolean origin = targetLength > 0 && head[targetStart] == '/' && !method.equals(Method.CONNECT);
    return origin ? TargetForm.ORIGIN : TargetForm.of(method, target());
  }

  /// {@return the path in its normal spelling; `*` for `OPTIONS *`, empty for CONNECT}
  ///
  /// Percent-encodings of unreserved characters are decoded, others upper-cased, octets outside
  /// ASCII encoded; runs of slashes merged; dot segments removed, never above the root. `%2F`
  /// stays, since it is data. The target itself is untouched by this.
  public String path() {
    String normal = path;
    if (normal == null) {
      normal = pathInHead();
      if (normal == null) {
        normal =
            switch (form()) {
              case ORIGIN, ABSOLUTE -> NormalPath.of(rawPath());
              case AUTHORITY -> "";
              case ASTERISK -> "*";
            };
      }
      path = normal;
    }
    return normal;
  }

  /// The path straight from the octets that came, for the usual case that it is normal already; so
  /// a request that is only routed and forwarded never has its target as text.
  private @Nullable String pathInHead() {
    if (targetLength < 1 || form() != TargetForm.ORIGIN) {
      return null;
    }
    int end = NormalPath.normalUntil(head, targetStart, targetStart + targetLength);
    return end < 0 ? null : Octets.text(head, targetStart, end - targetStart);
  }

  /// {@return the path of the target as it came, without the query; may be empty in absolute form}
  public String rawPath() {
    String text = target();
    int start = Authority.pathStart(form(), text);
    int query = text.indexOf('?', start);
    return text.substring(start, query < 0 ? text.length() : query);
  }

  /// {@return the query as it came, without the question mark, or null if there is none}
  public @Nullable String query() {
    String text = target();
    int mark = text.indexOf('?');
    return mark < 0 ? null : text.substring(mark + 1);
  }

  /// {@return what follows the last dot in the last segment of [#path], or null if there is no dot
  /// or nothing behind it}
  public @Nullable String fileExtension() {
    String normal = path();
    int dot = normal.lastIndexOf('.');
    boolean inside = dot > normal.lastIndexOf('/') && dot < normal.length() - 1;
    return inside ? normal.substring(dot + 1) : null;
  }

  /// Turns a target in absolute form into origin form, which is what an origin server is sent (RFC
  /// 9112 §3.2.1); its authority is then known from [#authority()] only. Other forms stay.
  public RequestHeader toOriginForm() {
    if (form() != TargetForm.ABSOLUTE) {
      return this;
    }
    String text = target();
    String tail = text.substring(Authority.pathStart(TargetForm.ABSOLUTE, text));
    String known = Authority.ofTarget(TargetForm.ABSOLUTE, text);
    if (authority == null) {
      authority = known;
    }
    // RFC 9112 §3.2.4: OPTIONS without path and query is asked of the server as a whole.
    if (tail.isEmpty()) {
      return target(method.equals(Method.OPTIONS) ? "*" : "/");
    }
    return target(tail.startsWith("/") ? tail : "/" + tail);
  }

  /// {@return the protocol version}
  public HttpVersion version() {
    return version;
  }

  /// Changes the protocol version.
  public RequestHeader version(HttpVersion newVersion) {
    version = requireNonNull(newVersion, "newVersion");
    return this;
  }

  /// {@return `host[:port]` as it came: of the Host field, else of the control data, else of the
  /// target; empty if there is none}
  public String authority() {
    String field = headers.first(FieldName.HOST);
    if (field != null) {
      return field;
    }
    return authority != null ? authority : Authority.ofTarget(form(), target());
  }

  /// Sets the authority that came as control data (`:authority` of HTTP/2 and HTTP/3).
  ///
  /// @throws IllegalArgumentException if it has a character that no authority has
  public RequestHeader authority(String newAuthority) {
    authority = Authority.checked(newAuthority);
    host = null;
    return this;
  }

  /// {@return the host of [#authority()] in lower case, without port; an IPv6 address keeps its
  /// brackets}
  public String host() {
    String text = host;
    if (text == null || hostEdits != headers.edits()) {
      text = Authority.host(authority());
      host = text;
      hostEdits = headers.edits();
    }
    return text;
  }

  /// Takes over the texts of the previous request on the connection where the octets are the same,
  /// which spares making them anew: a client's Host seldom changes. For codecs.
  public void adoptTexts(RequestHeader previous) {
    int line = headers.indexOf(FieldName.HOST, 0);
    int previousLine = previous.headers.indexOf(FieldName.HOST, 0);
    if (line >= 0
        && previousLine >= 0
        && previous.hostEdits == previous.headers.edits()
        && Lines.sameValue(headers, line, previous.headers, previousLine)) {
      host = previous.host;
      hostEdits = headers.edits();
    }
    if (targetLength > 0
        && targetLength == previous.targetLength
        && method.equals(previous.method)
        && Arrays.equals(
            head,
            targetStart,
            targetStart + targetLength,
            previous.head,
            previous.targetStart,
            previous.targetStart + targetLength)) {
      target = previous.target;
      path = previous.path;
    }
  }

  /// {@return the port of [#authority()], or -1 if it names none}
  public int port() {
    return Authority.port(authority());
  }

  /// {@return the scheme that came as control data or in the target, in lower case; empty if none
  /// did, as usual in HTTP/1, where the connection decides (RFC 9110 §7.1)}
  public String scheme() {
    return scheme != null ? scheme : Authority.scheme(form(), target());
  }

  /// Sets the scheme that came as control data (`:scheme` of HTTP/2 and HTTP/3).
  public RequestHeader scheme(String newScheme) {
    scheme = Authority.checkedScheme(newScheme);
    return this;
  }

  /// {@return the header section, which may be changed}
  public Fields headers() {
    return headers;
  }

  /// See [Fields#set(String, String)].
  public RequestHeader set(String name, String value) {
    headers.set(name, value);
    return this;
  }

  /// See [Fields#set(FieldName, String)].
  public RequestHeader set(FieldName name, String value) {
    headers.set(name, value);
    return this;
  }

  /// See [Fields#set(String, long)].
  public RequestHeader set(String name, long value) {
    headers.set(name, value);
    return this;
  }

  /// See [Fields#add(String, String)].
  public RequestHeader add(String name, String value) {
    headers.add(name, value);
    return this;
  }

  /// See [Fields#add(FieldName, String)].
  public RequestHeader add(FieldName name, String value) {
    headers.add(name, value);
    return this;
  }

  /// See [Fields#remove(String)].
  public RequestHeader remove(String name) {
    headers.remove(name);
    return this;
  }

  /// See [Fields#remove(FieldName)].
  public RequestHeader remove(FieldName name) {
    headers.remove(name);
    return this;
  }

  /// {@return how many octets [#writeRequestLine] writes}
  public int requestLineLength() {
    int length = targetLength < 0 ? target().length() : targetLength;
    return method.length() + length + version.firstLineText().length() + 4;
  }

  /// Writes `method SP target SP version CRLF` (RFC 9112 §3), the target as it came or was set.
  ///
  /// @return false if it does not fit: then nothing was written
  public boolean writeRequestLine(ByteBuffer out) {
    if (out.remaining() < requestLineLength()) {
      return false;
    }
    Octets.put(out, method);
    out.put((byte) ' ');
    if (targetLength < 0) {
      Octets.put(out, target());
    } else {
      out.put(head, targetStart, targetLength);
    }
    out.put((byte) ' ');
    Octets.put(out, version.firstLineText());
    out.put((byte) '\r').put((byte) '\n');
    return true;
  }

  /// {@return method and target, bounded and escaped, without the query, which may hold secrets}
  @Override
  public String toString() {
    String text = target();
    int mark = text.indexOf('?');
    String shown = Escaped.text(mark < 0 ? text : text.substring(0, mark), 256);
    return method + " " + shown + (mark < 0 ? "" : "?…");
  }
}

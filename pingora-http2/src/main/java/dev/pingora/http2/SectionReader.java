// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import dev.pingora.http.Fields;
import dev.pingora.http.HttpVersion;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Collects the field lines of one section, checks them (RFC 9113 §8.2, §8.3) and makes the header
/// or trailer section of them.
///
/// Lines are kept as HTTP/1 writes them, `name: value CR LF`, so that a [Fields] over them is
/// forwarded to an HTTP/1 upstream by one copy. Everything lies in one reused array; the finished
/// section is a copy of exact size.
///
/// A broken or oversized section is still read to its end, since the compression state depends on
/// it; nothing of it is kept then.
///
/// Owned by the connection thread.
final class SectionReader implements FieldTarget {
  /// What a section belongs to.
  enum Kind {
    REQUEST,
    RESPONSE,
    TRAILERS
  }

  /// What is kept of the array between sections.
  private static final int KEEP = 2_048;

  /// Line positions: name, length of the name, value.
  private static final int STRIDE = 3;

  private static final int FIRST_LINES = 16;
  private static final int CRLF = 2;

  private final Http2Settings ours;
  private final Http2Limits limits;

  /// The path of a request, then the lines.
  private final Scratch lines = new Scratch();

  /// Crumbs joined so far; empty as long as there is only one.
  private final Scratch cookies = new Scratch();

  private final PseudoFields pseudo = new PseudoFields();

  /// Where the lines are; see [#STRIDE].
  private int[] positions = new int[FIRST_LINES * STRIDE];

  private Kind kind = Kind.TRAILERS;
  private int count;
  private long listSize;
  private int seen;

  /// The first rule that the section breaks.
  private @Nullable String malformed;

  private boolean tooLarge;
  private long contentLength;

  // Lines that need a second look, by number; -1 for none.
  private int hostLine;
  private int cookieLine;

  SectionReader(Http2Settings ours, Http2Limits limits) {
    this.ours = ours;
    this.limits = limits;
  }

  /// Forgets the section before. What was made of it has arrays of its own.
  void begin(Kind sectionKind) {
    kind = sectionKind;
    lines.reset(KEEP);
    cookies.reset(0);
    pseudo.reset();
    count = 0;
    listSize = 0;
    seen = 0;
    malformed = null;
    tooLarge = false;
    contentLength = -1;
    hostLine = -1;
    cookieLine = -1;
  }

  // ---- line by line ----

  @Override
  public Scratch bytes() {
    return lines;
  }

  @Override
  public boolean admits(int nameLength, int valueLength) {
    // RFC 9113 §6.5.2: name, value and 32 for each field line, pseudo-header fields included.
    listSize += (long) nameLength + valueLength + HpackTable.OVERHEAD;
    seen++;
    tooLarge |= listSize > ours.maxHeaderListSize() || seen > limits.maxFields();
    return !tooLarge && malformed == null;
  }

  @Override
  public void line(int nameFrom, int nameLength, int valueFrom, boolean neverIndexed) {
    byte[] bytes = lines.bytes;
    int valueLength = lines.length - valueFrom;
    if (nameLength > 0 && bytes[nameFrom] == ':') {
      pseudo(nameFrom, nameLength, valueFrom, valueLength);
    } else if (!Octets.isName(bytes, nameFrom, nameLength)) {
      refuse(nameFrom, "invalid field name");
    } else if (!Octets.isValue(bytes, valueFrom, valueLength)) {
      refuse(nameFrom, "invalid field value");
    } else {
      regular(nameFrom, nameLength, valueFrom, valueLength);
    }
  }

  /// The section is malformed; the rest of it is only decoded.
  private void refuse(int from, String reason) {
    malformed = reason;
    lines.length = from;
  }

  /// A pseudo-header field leaves the array, except that the path stays, without its name.
  private void pseudo(int nameFrom, int nameLength, int valueFrom, int valueLength) {
    byte[] bytes = lines.bytes;
    String wrong;
    if (count > 0 || cookieLine >= 0) {
      // RFC 9113 §8.3: all of them come before the regular field lines.
      wrong = "pseudo-header field behind others";
    } else {
      wrong =
          switch (kind) {
            case REQUEST -> pseudo.request(bytes, nameFrom, nameLength, valueFrom, valueLength);
            case RESPONSE -> pseudo.response(bytes, nameFrom, nameLength, valueFrom, valueLength);
            case TRAILERS -> "pseudo-header field in trailers";
          };
    }
    boolean keepsPath = pseudo.pathLength() > 0 && pseudo.pathFrom() == nameFrom;
    lines.length = keepsPath ? nameFrom + pseudo.pathLength() : nameFrom;
    if (wrong != null) {
      malformed = wrong;
    }
  }

  /// A field line whose grammar is right.
  private void regular(int nameFrom, int nameLength, int valueFrom, int valueLength) {
    byte[] bytes = lines.bytes;
    // Names that need more than their grammar differ in length from most others.
    String wrong =
        switch (nameLength) {
          case 2 -> judgeTe(bytes, nameFrom, valueFrom, valueLength);
          case 4 -> judgeHost(bytes, nameFrom);
          case 7 -> forbid(bytes, nameFrom, "upgrade");
          case 10 -> judgeTen(bytes, nameFrom);
          case 14 -> judgeContentLength(bytes, nameFrom, valueFrom, valueLength);
          case 16 -> forbid(bytes, nameFrom, "proxy-connection");
          case 17 -> forbid(bytes, nameFrom, "transfer-encoding");
          default -> null;
        };
    if (wrong != null) {
      refuse(nameFrom, wrong);
    } else if (nameLength == 6 && kind == Kind.REQUEST && isCookie(bytes, nameFrom)) {
      cookie(nameFrom, valueFrom, valueLength);
    } else {
      keep(nameFrom, nameLength, valueFrom);
    }
  }

  /// The line that ends where the array ends becomes a line of the section.
  private void keep(int nameFrom, int nameLength, int valueFrom) {
    byte[] bytes = lines.ensure(CRLF);
    bytes[lines.length++] = '\r';
    bytes[lines.length++] = '\n';
    int at = count * STRIDE;
    if (at == positions.length) {
      positions = Arrays.copyOf(positions, at * 2);
    }
    positions[at] = nameFrom;
    positions[at + 1] = nameLength;
    positions[at + 2] = valueFrom;
    count++;
  }

  /// RFC 9113 §8.2.2: connection-specific fields make a message malformed.
  private static @Nullable String forbid(byte[] bytes, int nameFrom, String name) {
    return Octets.equal(bytes, nameFrom, name.length(), name) ? "connection-specific field" : null;
  }

  /// The two forbidden names of ten letters.
  private static @Nullable String judgeTen(byte[] bytes, int nameFrom) {
    String wrong = forbid(bytes, nameFrom, "connection");
    return wrong != null ? wrong : forbid(bytes, nameFrom, "keep-alive");
  }

  private static @Nullable String judgeTe(
      byte[] bytes, int nameFrom, int valueFrom, int valueLength) {
    // RFC 9113 §8.2.2: TE may be there, but with nothing else than "trailers".
    boolean te = bytes[nameFrom] == 't' && bytes[nameFrom + 1] == 'e';
    return te && !Octets.equalIgnoringCase(bytes, valueFrom, valueLength, "trailers")
        ? "TE with another value than trailers"
        : null;
  }

  private @Nullable String judgeHost(byte[] bytes, int nameFrom) {
    if (kind != Kind.REQUEST || !Octets.equal(bytes, nameFrom, 4, "host")) {
      return null;
    }
    if (hostLine >= 0) {
      // RFC 9110 §7.2 with RFC 9112 §3.2: more than one is an error in any version.
      return "repeated Host";
    }
    hostLine = count;
    return null;
  }

  private @Nullable String judgeContentLength(
      byte[] bytes, int nameFrom, int valueFrom, int valueLength) {
    if (kind == Kind.TRAILERS || !Octets.equal(bytes, nameFrom, 14, "content-length")) {
      return null;
    }
    long number = Octets.number(bytes, valueFrom, valueLength);
    // RFC 9110 §8.6: digits only, and one value.
    if (number < 0 || contentLength >= 0) {
      return "invalid or repeated Content-Length";
    }
    contentLength = number;
    return null;
  }

  private static boolean isCookie(byte[] bytes, int nameFrom) {
    return Octets.equal(bytes, nameFrom, 6, "cookie");
  }

  /// RFC 9113 §8.2.3: crumbs of a cookie become one line again, with "; " between. The first one
  /// stays in place, which is all there is in most requests.
  private void cookie(int nameFrom, int valueFrom, int valueLength) {
    if (cookieLine < 0) {
      cookieLine = count;
      keep(nameFrom, 6, valueFrom);
      return;
    }
    if (cookies.length == 0) {
      int first = positions[cookieLine * STRIDE + 2];
      cookies.put(lines.bytes, first, lineEnd(cookieLine, nameFrom) - CRLF - first);
    }
    cookies.put(';');
    cookies.put(' ');
    cookies.put(lines.bytes, valueFrom, valueLength);
    lines.length = nameFrom;
  }

  // ---- the whole section ----

  /// Ends the section.
  ///
  /// @return what makes it malformed (§8.1.1), or null
  @Nullable String finish() {
    if (malformed != null || tooLarge) {
      return malformed;
    }
    switch (kind) {
      case REQUEST -> malformed = judgeRequest();
      case RESPONSE -> malformed = pseudo.status() == 0 ? "response without :status" : null;
      case TRAILERS -> {}
    }
    return malformed;
  }

  private @Nullable String judgeRequest() {
    int hostFrom = hostLine < 0 ? 0 : positions[hostLine * STRIDE + 2];
    int hostLength = hostLine < 0 ? -1 : lineEnd(hostLine, lines.length) - CRLF - hostFrom;
    return pseudo.judgeRequest(lines.bytes, hostFrom, hostLength);
  }

  /// {@return whether it exceeds our SETTINGS_MAX_HEADER_LIST_SIZE or the number of lines}
  boolean tooLarge() {
    return tooLarge;
  }

  /// {@return the announced length of the content, -1 if there is none}
  long contentLength() {
    return contentLength;
  }

  /// {@return the status of a response}
  int status() {
    return pseudo.status();
  }

  /// Makes the header of a section that is neither malformed nor too large.
  RequestHeader toRequest() {
    joinCookies();
    int end = lines.length;
    String authority = pseudo.authority();
    if (pseudo.pathLength() == 0 && authority != null) {
      // CONNECT: its target is the authority (RFC 9113 §8.5).
      putText(authority);
    }
    byte[] head = Arrays.copyOf(lines.bytes, lines.length);
    boolean connect = lines.length > end;
    RequestHeader request =
        RequestHeader.ofHead(
            pseudo.requireMethod(),
            head,
            connect ? end : pseudo.pathFrom(),
            connect ? lines.length - end : pseudo.pathLength(),
            HttpVersion.HTTP_2,
            toFields(head, end));
    if (authority != null) {
      request.authority(authority);
    }
    String scheme = pseudo.scheme();
    return scheme == null ? request : request.scheme(scheme);
  }

  ResponseHeader toResponse() {
    return ResponseHeader.of(pseudo.status(), HttpVersion.HTTP_2, toTrailers());
  }

  Fields toTrailers() {
    return toFields(Arrays.copyOf(lines.bytes, lines.length), lines.length);
  }

  /// The joined line comes last: the order of lines of different names means nothing (RFC 9110
  /// §5.3).
  private void joinCookies() {
    if (cookies.length > 0) {
      int nameFrom = lines.length;
      putText("cookie: ");
      int valueFrom = lines.length;
      lines.put(cookies.bytes, 0, cookies.length);
      keep(nameFrom, 6, valueFrom);
    }
  }

  private void putText(String text) {
    for (int i = 0; i < text.length(); i++) {
      lines.put(text.charAt(i));
    }
  }

  /// Indexes the lines in their final array.
  ///
  /// @param end where the last line ends
  private Fields toFields(byte[] head, int end) {
    Fields fields = Fields.ofSection(head, count);
    for (int i = 0; i < count; i++) {
      if (isKept(i)) {
        int at = i * STRIDE;
        int lineEnd = lineEnd(i, end);
        int valueFrom = positions[at + 2];
        fields.addLine(
            positions[at], positions[at + 1], valueFrom, lineEnd - CRLF - valueFrom, lineEnd);
      }
    }
    return fields;
  }

  /// The first crumb has moved into the joined line; a Host that agrees with `:authority` says
  /// nothing more (RFC 9113 §8.3.1: it must not be used when `:authority` is there).
  private boolean isKept(int line) {
    boolean crumb = line == cookieLine && cookies.length > 0;
    boolean host = line == hostLine && pseudo.authority() != null;
    return !crumb && !host;
  }

  /// Lines are neighbours: one ends where the next begins.
  private int lineEnd(int line, int end) {
    return line + 1 < count ? positions[(line + 1) * STRIDE] : end;
  }
}

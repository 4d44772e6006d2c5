// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Finds where a head or a trailer section ends, and refuses what can never become a valid one as
/// soon as it is seen.
///
/// The scanner looks at each octet once, however the input is cut, so one octet at a time costs the
/// same as all at once. It checks what needs no understanding of the content: line ends, control
/// characters, limits. The grammar of the lines is left to the parsers, which see the section as a
/// whole.
///
/// ```
///             ┌─────────── other ───────────┐
///             ▼                             │
///  ──► START/TEXT ──CR──► TEXT_CR ──LF──► LINE_START ──CR──► END_CR ──LF──► end
/// ```
///
/// One owner; not safe for use by several threads at once.
final class SectionScanner {
  private enum State {
    /// Before the first octet of a section that begins with a start line.
    START,
    /// Within a line.
    TEXT,
    /// After the CR that ends a line.
    TEXT_CR,
    /// Where a field line or the empty line begins.
    LINE_START,
    /// After the CR of the empty line.
    END_CR
  }

  /// What is being scanned; decides limits, statuses and leniency.
  enum Kind {
    REQUEST_HEAD,
    RESPONSE_HEAD,
    TRAILERS
  }

  private static final int URI_TOO_LONG = 414;
  private static final int FIELDS_TOO_LARGE = 431;

  private final Kind kind;
  private final ErrorSource side;
  private final Http1Limits limits;
  private State state;

  // Offsets count octets of the section, not of any buffer.
  private int scanned;
  private int sectionStart;
  private int fieldLines;

  SectionScanner(Kind kind, ErrorSource side, Http1Limits limits) {
    this.kind = kind;
    this.side = side;
    this.limits = limits;
    this.state = firstState();
  }

  private State firstState() {
    return kind == Kind.TRAILERS ? State.LINE_START : State.START;
  }

  /// Forgets the section; the next octet begins a new one.
  void reset() {
    state = firstState();
    scanned = 0;
    sectionStart = 0;
    fieldLines = 0;
  }

  /// {@return the field lines that have begun so far}
  int fieldLines() {
    return fieldLines;
  }

  /// Scans from position to limit and leaves both as they are.
  ///
  /// @return the index just behind the section's last octet, or -1 if all of the input belongs to
  ///   it and more must come
  /// @throws ProxyException if no continuation can make this a valid section
  int scan(ByteBuffer in) throws ProxyException {
    int from = in.position();
    int end = in.limit();
    int base = scanned - from;
    int i = from;
    while (i < end) {
      switch (state) {
        case START -> start(in.get(i));
        case TEXT -> i = text(in, i, end, base);
        case TEXT_CR -> endLine(in.get(i), base + i++);
        case LINE_START -> i = startLine(in, i);
        case END_CR -> {
          checkLineFeed(in.get(i), base + i);
          return i + 1;
        }
      }
    }
    scanned = base + end;
    checkOpen();
    return -1;
  }

  /// RFC 9112 §2.2: only one empty line may come before a request line; the caller has taken that
  /// away already.
  private void start(byte first) throws ProxyException {
    if (first == Octets.CR) {
      throw violation("empty line where the start line should be (RFC 9112 §2.2)");
    }
    state = State.TEXT;
  }

  /// Goes over text, and over those line ends behind which the next field line is at hand already.
  private int text(ByteBuffer in, int from, int end, int base) throws ProxyException {
    int i = skipText(in, from, end);
    while (i < end) {
      byte control = in.get(i);
      if (control == Octets.CR) {
        if (!isBetweenLines(in, i, end)) {
          state = State.TEXT_CR;
          return i + 1;
        }
        endLine(Octets.LF, base + i + 1);
        startField();
        i++;
      } else if (control != Octets.HTAB || isRequestLine()) {
        throw forbidden(control, base + i);
      }
      i = skipText(in, i + 1, end);
    }
    return end;
  }

  /// {@return whether CR, LF and the first octet of a field line are at hand}
  private static boolean isBetweenLines(ByteBuffer in, int cr, int end) {
    return cr + 2 < end && in.get(cr + 1) == Octets.LF && in.get(cr + 2) > Octets.SP;
  }

  /// {@return the index of the first control character, or `end`}
  private static int skipText(ByteBuffer in, int from, int end) {
    int i = from;
    boolean swap = in.order() != ByteOrder.LITTLE_ENDIAN;
    for (; i <= end - Long.BYTES; i += Long.BYTES) {
      long word = in.getLong(i);
      long hit = Octets.controls(swap ? Long.reverseBytes(word) : word);
      if (hit != 0) {
        return i + (Long.numberOfTrailingZeros(hit) >>> 3);
      }
    }
    while (i < end && !Octets.isControl(in.get(i))) {
      i++;
    }
    return i;
  }

  private void endLine(byte next, int offset) throws ProxyException {
    checkLineFeed(next, offset);
    if (isStartLine()) {
      checkStartLine(offset - 1);
      sectionStart = offset + 1;
    } else {
      checkSection(offset + 1);
    }
    state = State.LINE_START;
  }

  /// RFC 9112 §2.2: a CR that no LF follows must be refused or replaced; replacing is what
  /// smugglers hope for.
  private void checkLineFeed(byte next, int offset) throws ProxyException {
    if (next != Octets.LF) {
      throw violation("CR without LF at octet %s (RFC 9112 §2.2)", offset - 1);
    }
  }

  private int startLine(ByteBuffer in, int i) throws ProxyException {
    byte first = in.get(i);
    if (first == Octets.CR) {
      state = State.END_CR;
      return i + 1;
    }
    if (Octets.isBlank(first)) {
      checkFold();
      state = State.TEXT;
    } else {
      startField();
    }
    return i;
  }

  /// RFC 9112 §5.2: a server refuses line folding with 400. In a response a gateway may refuse it
  /// or put spaces in its place; the parser does the latter. RFC 9112 §2.2: nothing can be folded
  /// onto the start line.
  private void checkFold() throws ProxyException {
    if (kind != Kind.RESPONSE_HEAD) {
      throw violation("folded field line (RFC 9112 §5.2)");
    }
    if (fieldLines == 0) {
      throw violation("white space after the start line (RFC 9112 §2.2)");
    }
  }

  private void startField() throws ProxyException {
    state = State.TEXT;
    fieldLines++;
    if (fieldLines > limits.headerFields()) {
      throw tooLarge("more than %s field lines", limits.headerFields());
    }
  }

  private boolean isStartLine() {
    return kind != Kind.TRAILERS && sectionStart == 0;
  }

  private boolean isRequestLine() {
    return kind == Kind.REQUEST_HEAD && sectionStart == 0;
  }

  /// Checks the limits when the input ends within the section: a line need not end to be too long.
  private void checkOpen() throws ProxyException {
    if (isStartLine()) {
      checkStartLine(state == State.TEXT_CR ? scanned - 1 : scanned);
    } else {
      // The empty line is not one of the field lines that the limit speaks of.
      checkSection(state == State.END_CR ? scanned - 1 : scanned);
    }
  }

  /// @param length octets of the start line without its CRLF
  private void checkStartLine(int length) throws ProxyException {
    if (length > limits.requestLineBytes()) {
      // RFC 9112 §3: a target longer than the server wishes to parse gets 414.
      throw Violation.head(
          side, URI_TOO_LONG, "start line over %s octets", limits.requestLineBytes());
    }
  }

  /// @param end where the field lines seen so far end
  private void checkSection(int end) throws ProxyException {
    int max = kind == Kind.TRAILERS ? limits.trailerSectionBytes() : limits.headerSectionBytes();
    if (end - sectionStart > max) {
      throw tooLarge("field lines over %s octets", max);
    }
  }

  private ProxyException tooLarge(String format, int limit) {
    return kind == Kind.TRAILERS
        ? Violation.content(side, "trailer section: " + format, limit)
        : Violation.head(side, FIELDS_TOO_LARGE, "header section: " + format, limit);
  }

  /// RFC 9110 §5.5: CR, LF and NUL are dangerous in a field value, other controls are invalid; RFC
  /// 9112 §2.2 for a bare LF.
  private ProxyException forbidden(byte control, int offset) {
    return control == Octets.LF
        ? violation("LF without CR at octet %s (RFC 9112 §2.2)", offset)
        : violation(
            "control character %s at octet %s (RFC 9110 §5.5)", Violation.quote(control), offset);
  }

  private ProxyException violation(String format, Object... args) {
    return kind == Kind.TRAILERS
        ? Violation.content(side, "trailer section: " + format, args)
        : Violation.head(side, format, args);
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import java.nio.ByteBuffer;

/// Reads one chunk-size line: `chunk-size [ chunk-ext ] CRLF` (RFC 9112 §7.1), in as many pieces as
/// it comes.
///
/// Nothing is stored: the size is summed up digit by digit, and extensions are checked by a state
/// machine and forgotten, since a recipient ignores the ones that it does not know (RFC 9112
/// §7.1.1) and we know none.
///
/// ```
///                           ┌──────────── ; ────────────┬──────── ; ────────┐
///                           ▼                           │                   │
///  SIZE ──;──► EXT (BWS) ──tchar──► NAME ──=──► VALUE ──tchar──► TOKEN      │
///    │ BWS      ▲                    │ BWS        └────"────► QUOTED ──"──► CLOSED
///    └─► SPACE ─┘ ;                  └─► NAME_SPACE ─ = ;                   │ BWS
///                                                       VALUE_SPACE ◄───────┘
///  CR is good after SIZE, NAME, TOKEN and CLOSED only; then LF ends the line.
/// ```
///
/// One owner; not safe for use by several threads at once.
final class ChunkLine {
  private enum State {
    SIZE,
    SPACE,
    EXT,
    NAME,
    NAME_SPACE,
    VALUE,
    TOKEN,
    QUOTED,
    ESCAPED,
    CLOSED,
    VALUE_SPACE,
    CR
  }

  /// More digits could only be zeros; a long holds 16, the first of them up to 7.
  private static final int MAX_DIGITS = 16;

  private final ErrorSource side;
  private final int maxBytes;
  private State state = State.SIZE;
  private long size;
  private int digits;
  private int length;

  ChunkLine(ErrorSource side, int maxBytes) {
    this.side = side;
    this.maxBytes = maxBytes;
  }

  /// {@return the size that the line announces, once it is complete}
  long size() {
    return size;
  }

  /// {@return the octets of the line that are neither digits nor CRLF, once it is complete}
  int extensionBytes() {
    return length - digits;
  }

  /// Forgets the line; the next octet begins a new one.
  void reset() {
    state = State.SIZE;
    size = 0;
    digits = 0;
    length = 0;
  }

  /// Consumes the line, or all of the input if the line goes on behind it.
  ///
  /// @return whether the line is complete; then [#reset] before the next one
  boolean read(ByteBuffer in) throws ProxyException {
    while (in.hasRemaining()) {
      byte octet = in.get();
      if (state == State.CR) {
        if (octet != Octets.LF) {
          throw unexpected(octet);
        }
        return true;
      }
      state = next(octet);
      if (state != State.CR && ++length > maxBytes) {
        throw Violation.content(side, "chunk line over %s octets (RFC 9112 §7.1.1)", maxBytes);
      }
    }
    return false;
  }

  private State next(byte octet) throws ProxyException {
    return switch (state) {
      case SIZE -> size(octet);
      case SPACE -> afterSpace(octet, State.SPACE, false);
      case EXT -> extension(octet);
      case NAME -> name(octet);
      case NAME_SPACE -> afterSpace(octet, State.NAME_SPACE, true);
      case VALUE -> value(octet);
      case TOKEN -> token(octet);
      case QUOTED -> quoted(octet);
      case ESCAPED -> escaped(octet);
      case CLOSED -> element(octet, State.VALUE_SPACE);
      case VALUE_SPACE -> afterSpace(octet, State.VALUE_SPACE, false);
      case CR -> throw new IllegalStateException("line not reset");
    };
  }

  private State size(byte octet) throws ProxyException {
    int digit = Octets.hexDigit(octet);
    if (digit >= 0) {
      // RFC 9112 §7.1: recipients must anticipate large numerals and prevent overflow.
      if (++digits > MAX_DIGITS || size > Long.MAX_VALUE >>> 4) {
        throw Violation.content(side, "chunk size over %s (RFC 9112 §7.1)", Long.MAX_VALUE);
      }
      size = size << 4 | digit;
      return State.SIZE;
    }
    if (digits == 0) {
      throw unexpected(octet);
    }
    return element(octet, State.SPACE);
  }

  /// What may follow a size, a name or a value: the line's end, the next extension, or white space
  /// before it.
  private State element(byte octet, State space) throws ProxyException {
    return switch (octet) {
      case Octets.CR -> State.CR;
      case ';' -> State.EXT;
      case Octets.SP, Octets.HTAB -> space;
      default -> throw unexpected(octet);
    };
  }

  /// RFC 9112 §7.1.1: bad white space may stand around `;` and `=`; at the end of the line it may
  /// not.
  private State afterSpace(byte octet, State same, boolean afterName) throws ProxyException {
    if (Octets.isBlank(octet)) {
      return same;
    }
    if (octet == ';') {
      return State.EXT;
    }
    if (octet == '=' && afterName) {
      return State.VALUE;
    }
    throw unexpected(octet);
  }

  private State extension(byte octet) throws ProxyException {
    if (Octets.isBlank(octet)) {
      return State.EXT;
    }
    if (Octets.isTchar(octet)) {
      return State.NAME;
    }
    throw unexpected(octet);
  }

  private State name(byte octet) throws ProxyException {
    if (Octets.isTchar(octet)) {
      return State.NAME;
    }
    return octet == '=' ? State.VALUE : element(octet, State.NAME_SPACE);
  }

  private State value(byte octet) throws ProxyException {
    if (Octets.isBlank(octet)) {
      return State.VALUE;
    }
    if (octet == '"') {
      return State.QUOTED;
    }
    if (Octets.isTchar(octet)) {
      return State.TOKEN;
    }
    throw unexpected(octet);
  }

  private State token(byte octet) throws ProxyException {
    return Octets.isTchar(octet) ? State.TOKEN : element(octet, State.VALUE_SPACE);
  }

  private State quoted(byte octet) throws ProxyException {
    if (octet == '"') {
      return State.CLOSED;
    }
    if (octet == '\\') {
      return State.ESCAPED;
    }
    if (Octets.isQdtext(octet)) {
      return State.QUOTED;
    }
    throw unexpected(octet);
  }

  /// RFC 9110 §5.6.4: a quoted pair escapes HTAB, SP, visible or obs-text, never a control.
  private State escaped(byte octet) throws ProxyException {
    if (Octets.isControl(octet) && octet != Octets.HTAB) {
      throw unexpected(octet);
    }
    return State.QUOTED;
  }

  private ProxyException unexpected(byte octet) {
    return Violation.content(
        side,
        "chunk line with %s at octet %s (RFC 9112 §7.1)",
        Violation.quote(octet),
        state == State.CR ? length + 1 : length);
  }
}

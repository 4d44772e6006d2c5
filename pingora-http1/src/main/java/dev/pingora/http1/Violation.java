// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ErrorSource;
import dev.pingora.error.Escaped;
import dev.pingora.error.ProxyException;

/// Makes the refusals of this module, so that each rule decides only its status and its words.
///
/// A request's fault is the client's and carries the status to answer with. A response's fault is
/// the upstream's: whatever the rule, the client gets the 502 that stands for every upstream fault,
/// and the connection is not used again.
final class Violation {
  /// How many octets of bad input a message quotes at most.
  private static final int MAX_QUOTED = 64;

  private static final int BAD_REQUEST = 400;

  private Violation() {}

  /// A head that breaks a rule, to be answered with 400.
  static ProxyException head(ErrorSource side, String format, Object... args) {
    return head(side, BAD_REQUEST, format, args);
  }

  /// A head that breaks a rule for which an RFC names another status.
  static ProxyException head(ErrorSource side, int status, String format, Object... args) {
    if (side == ErrorSource.UPSTREAM) {
      return ProxyException.upstream(ErrorKind.INVALID_HTTP_HEADER, format, args);
    }
    ErrorKind kind =
        status == BAD_REQUEST ? ErrorKind.INVALID_HTTP_HEADER : ErrorKind.status(status);
    return ProxyException.downstream(kind, format, args);
  }

  /// Content whose chunked framing or trailer section breaks a rule.
  static ProxyException content(ErrorSource side, String format, Object... args) {
    return side == ErrorSource.UPSTREAM
        ? ProxyException.upstream(ErrorKind.H1_ERROR, format, args)
        : ProxyException.downstream(ErrorKind.H1_ERROR, format, args);
  }

  /// A peer that left in the middle of a message.
  static ProxyException closed(ErrorSource side, String format, Object... args) {
    return side == ErrorSource.UPSTREAM
        ? ProxyException.upstream(ErrorKind.CONNECTION_CLOSED, format, args)
        : ProxyException.downstream(ErrorKind.CONNECTION_CLOSED, format, args);
  }

  /// {@return one octet as a message shows it}
  static String quote(byte octet) {
    return Escaped.bytes(new byte[] {octet}, 0, 1, 1);
  }

  /// {@return some octets as a message shows them, cut after a bound}
  static String quote(byte[] bytes, int from, int to) {
    return Escaped.bytes(bytes, from, to - from, MAX_QUOTED);
  }

  /// {@return some text as a message shows it, cut after a bound}
  static String quote(String text) {
    return Escaped.text(text, MAX_QUOTED);
  }
}

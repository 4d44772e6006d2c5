// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import dev.pingora.http.HttpVersion;

/// The text `HTTP/` DIGIT `.` DIGIT in a start line (RFC 9112 §2.3).
final class VersionText {
  static final int LENGTH = 8;

  private static final byte[] PREFIX = {'H', 'T', 'T', 'P', '/'};

  /// The usual text, to be compared at once.
  private static final long HTTP_1_1 =
      Octets.word(new byte[] {'H', 'T', 'T', 'P', '/', '1', '.', '1'}, 0);

  private static final int MAJOR = 5;
  private static final int DOT = 6;
  private static final int MINOR = 7;
  private static final int HTTP_VERSION_NOT_SUPPORTED = 505;

  private VersionText() {}

  /// {@return the version as which the message is to be read}
  ///
  /// A minor version above 1 is read as 1: it changes no syntax (RFC 9112 §2.3, RFC 9110 §2.5).
  /// Other majors than 1 have another syntax altogether, so what follows cannot be understood; a
  /// request gets 505 (RFC 9110 §15.6.6).
  ///
  /// @param from where the version starts; the text is case-sensitive
  static HttpVersion parse(byte[] head, int from, ErrorSource side) throws ProxyException {
    if (from + LENGTH <= head.length && Octets.word(head, from) == HTTP_1_1) {
      return HttpVersion.HTTP_1_1;
    }
    if (!isVersion(head, from)) {
      throw Violation.head(side, "no HTTP version at octet %s (RFC 9112 §2.3)", from);
    }
    if (head[from + MAJOR] != '1') {
      throw Violation.head(
          side,
          HTTP_VERSION_NOT_SUPPORTED,
          "HTTP major version %s (RFC 9110 §15.6.6)",
          Violation.quote(head[from + MAJOR]));
    }
    return head[from + MINOR] == '0' ? HttpVersion.HTTP_1_0 : HttpVersion.HTTP_1_1;
  }

  private static boolean isVersion(byte[] head, int from) {
    if (from + LENGTH > head.length) {
      return false;
    }
    for (int i = 0; i < PREFIX.length; i++) {
      if (head[from + i] != PREFIX[i]) {
        return false;
      }
    }
    return Octets.isDigit(head[from + MAJOR])
        && head[from + DOT] == '.'
        && Octets.isDigit(head[from + MINOR]);
  }
}

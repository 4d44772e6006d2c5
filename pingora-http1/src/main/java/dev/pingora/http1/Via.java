// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import dev.pingora.http.FieldLine;
import dev.pingora.http.FieldName;
import dev.pingora.http.Fields;
import dev.pingora.http.HttpVersion;

/// The Via member that a gateway adds to what it forwards (RFC 9110 §7.6.3). Immutable; any thread
/// may use it.
public final class Via {
  private final FieldLine http10;
  private final FieldLine http11;
  private final FieldLine http2;
  private final FieldLine http3;

  private Via(String pseudonym) {
    http10 = FieldLine.of(FieldName.VIA, "1.0 " + pseudonym);
    http11 = FieldLine.of(FieldName.VIA, "1.1 " + pseudonym);
    http2 = FieldLine.of(FieldName.VIA, "2 " + pseudonym);
    http3 = FieldLine.of(FieldName.VIA, "3 " + pseudonym);
  }

  /// {@return what a gateway with this name adds}
  ///
  /// @param pseudonym a token; RFC 9110 §7.6.3 prefers it to a host name, which tells too much
  public static Via of(String pseudonym) {
    if (!CommaList.isToken(pseudonym)) {
      throw new IllegalArgumentException(
          "pseudonym: \"" + Violation.quote(pseudonym) + "\" (expected: a token)");
    }
    return new Via(pseudonym);
  }

  /// Adds it behind whatever Via there is.
  ///
  /// @param received the version in which the message reached us
  public void addTo(Fields header, HttpVersion received) {
    header.add(
        switch (received) {
          case HTTP_1_0 -> http10;
          case HTTP_1_1 -> http11;
          case HTTP_2 -> http2;
          case HTTP_3 -> http3;
        });
  }
}

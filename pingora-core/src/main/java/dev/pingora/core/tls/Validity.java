// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.tls;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;

/// Where a moment stands in the life of a certificate (RFC 5280 §4.1.2.5, both ends included).
enum Validity {
  EARLY,
  CURRENT,
  /// In the last [#NOTICE], or the last third of a shorter life: a certificate of a week is
  /// replaced by something that runs every few days.
  ENDING,
  EXPIRED;

  /// How long before its end a certificate is spoken of.
  static final Duration NOTICE = Duration.ofDays(14);

  private static final int SHARE = 3;

  static Validity of(X509Certificate certificate, Instant now) {
    Instant begin = certificate.getNotBefore().toInstant();
    Instant end = certificate.getNotAfter().toInstant();
    if (now.isBefore(begin)) {
      return EARLY;
    }
    if (now.isAfter(end)) {
      return EXPIRED;
    }
    Duration third = Duration.between(begin, end).dividedBy(SHARE);
    Duration notice = third.compareTo(NOTICE) < 0 ? third : NOTICE;
    return now.isBefore(end.minus(notice)) ? CURRENT : ENDING;
  }

  /// {@return what an operator should know; empty while all is well}
  String warning(X509Certificate certificate) {
    return switch (this) {
      case EARLY -> "not valid before " + certificate.getNotBefore().toInstant();
      case CURRENT -> "";
      case ENDING -> "valid only until " + certificate.getNotAfter().toInstant();
      case EXPIRED -> "expired since " + certificate.getNotAfter().toInstant();
    };
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.protocols;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// The value of Date (RFC 9110 §6.6.1), formatted once a second. Thread-safe: a race formats twice.
final class DateField {
  private static final DateTimeFormatter IMF_FIXDATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);

  private record Second(long epochSecond, String text) {}

  private volatile Second last = new Second(0, "");

  /// {@return the value for this moment}
  String now() {
    long second = System.currentTimeMillis() / 1000;
    Second current = last;
    if (current.epochSecond != second) {
      current = new Second(second, IMF_FIXDATE.format(Instant.ofEpochSecond(second)));
      last = current;
    }
    return current.text;
  }
}

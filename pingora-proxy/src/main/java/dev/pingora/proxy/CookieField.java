// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import dev.pingora.http.FieldName;
import dev.pingora.http.Fields;
import org.jspecify.annotations.Nullable;

/// The cookies that a client sends (RFC 6265 §5.4), which may come in several field lines by HTTP/2
/// (RFC 9113 §8.2.3).
public final class CookieField {
  private CookieField() {}

  /// {@return the value of the first cookie with a name; null when there is none}
  public static @Nullable String first(Fields headers, String name) {
    if (!headers.contains(FieldName.COOKIE)) {
      return null;
    }
    for (String line : headers.all(FieldName.COOKIE)) {
      String value = in(line, name);
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  /// `a=1; b=2`; browsers put one space behind each semicolon.
  private static @Nullable String in(String line, String name) {
    int at = 0;
    while (at < line.length()) {
      int semicolon = line.indexOf(';', at);
      int end = semicolon < 0 ? line.length() : semicolon;
      while (at < end && (line.charAt(at) == ' ' || line.charAt(at) == '\t')) {
        at++;
      }
      int equals = at + name.length();
      if (equals < end && line.charAt(equals) == '=' && line.startsWith(name, at)) {
        return line.substring(equals + 1, end).strip();
      }
      at = end + 1;
    }
    return null;
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.http.FieldName;
import dev.pingora.http.Fields;

/// A field that a request must have for a route.
///
/// @param name the field
/// @param value the whole value of one of its lines, byte for byte; `*` = any value
record HeaderMatch(FieldName name, String value) {

  /// {@return whether a header section has the field}
  ///
  /// Allocates nothing: values are compared where they lie.
  boolean matches(Fields headers) {
    int line = headers.indexOf(name, 0);
    if (value.equals("*")) {
      return line >= 0;
    }
    while (line >= 0 && !sameValue(headers, line)) {
      line = headers.nextSame(line);
    }
    return line >= 0;
  }

  private boolean sameValue(Fields headers, int line) {
    if (headers.valueLength(line) != value.length()) {
      return false;
    }
    for (int i = 0; i < value.length(); i++) {
      if ((headers.valueByte(line, i) & 0xff) != value.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}

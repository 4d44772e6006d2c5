// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit;

/// One field line of a message: the name as it was written, the value without the white space
/// around it.
///
/// @param name before the colon
/// @param value after it
public record RawField(String name, String value) {
  /// {@return the field of one line, without its CRLF}
  ///
  /// @throws AssertionError if it is no field line (RFC 9112 §5)
  static RawField parse(String line) {
    int colon = line.indexOf(':');
    if (colon <= 0 || line.charAt(0) <= ' ' || line.charAt(colon - 1) <= ' ') {
      throw new AssertionError("no field line: '" + Escaped.of(line) + "'");
    }
    return new RawField(line.substring(0, colon), line.substring(colon + 1).strip());
  }

  @Override
  public String toString() {
    return name + ": " + value;
  }
}

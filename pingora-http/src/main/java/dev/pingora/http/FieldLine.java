// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;

/// A field line that is put into many messages: checked once, and kept as the octets that are
/// written. Immutable; any thread may use it.
///
/// ```java
/// private static final FieldLine SERVER = FieldLine.of(FieldName.SERVER, "pingora");
/// …
/// response.headers().set(SERVER);
/// ```
public final class FieldLine {
  private final FieldName name;
  private final String value;
  private final byte[] octets;

  private FieldLine(FieldName name, String value) {
    this.name = name;
    this.value = value;
    this.octets = (name.text() + ": " + value + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
  }

  /// {@return the line}
  ///
  /// @param value white space around it is left out
  /// @throws IllegalArgumentException if the value has a forbidden character, see
  ///   [Fields#set(FieldName, String)]
  public static FieldLine of(FieldName name, String value) {
    requireNonNull(name, "name");
    FieldValues.check(name.text(), value);
    int start = FieldValues.start(value);
    return new FieldLine(name, value.substring(start, FieldValues.end(value, start)));
  }

  /// {@return the name}
  public FieldName name() {
    return name;
  }

  /// {@return the value}
  public String value() {
    return value;
  }

  /// The line in the form of HTTP/1, with its CR LF; not to be written.
  byte[] octets() {
    return octets;
  }

  /// {@return the name only: the value may be a secret}
  @Override
  public String toString() {
    return "FieldLine[" + name.text() + "]";
  }
}

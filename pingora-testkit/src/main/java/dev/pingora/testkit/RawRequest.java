// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit;

import java.util.List;
import java.util.Optional;

/// A request as a scripted server read it.
///
/// @param message the whole request
public record RawRequest(RawMessage message) {
  /// What a request line must look like (RFC 9112 §3).
  static final String REQUEST_LINE = "[^ ]+ [^ ]+ HTTP/1\\.[01]";

  static RawRequest read(Wire wire) {
    String line = wire.readLine();
    if (!line.matches(REQUEST_LINE)) {
      throw new AssertionError("no request line: '" + Escaped.of(line) + "'");
    }
    List<RawField> fields = RawMessage.readFields(wire);
    RawMessage.Ending ending = RawMessage.ending(fields, RawMessage.Ending.EMPTY);
    return new RawRequest(RawMessage.readContent(wire, line, fields, ending));
  }

  private String word(int index) {
    return message.startLine().split(" ", -1)[index];
  }

  /// {@return the method}
  public String method() {
    return word(0);
  }

  /// {@return the request target, as sent}
  public String target() {
    return word(1);
  }

  /// {@return the version, `HTTP/1.1` or `HTTP/1.0`}
  public String version() {
    return word(2);
  }

  /// {@return the content as text, one character per byte}
  public String text() {
    return message.text();
  }

  /// {@return the value of the first field of this name, in any case}
  public Optional<String> first(String name) {
    return message.first(name);
  }

  /// {@return whether there is a field of this name}
  public boolean has(String name) {
    return message.has(name);
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A response as the scripted client read it.
///
/// @param informational the 1xx responses before it, in order
/// @param message the final response
public record RawResponse(List<RawMessage> informational, RawMessage message) {
  /// Reads the response to a request of the given method (RFC 9112 §6.3 needs to know it).
  static RawResponse read(Wire wire, String method) {
    List<RawMessage> informational = new ArrayList<>();
    while (true) {
      String line = wire.readLine();
      List<RawField> fields = RawMessage.readFields(wire);
      int status = RawMessage.status(line);
      if (status >= 200 || status == 101) {
        RawMessage.Ending ending = ending(method, status, fields);
        return new RawResponse(
            List.copyOf(informational), RawMessage.readContent(wire, line, fields, ending));
      }
      informational.add(new RawMessage(line, List.copyOf(fields), new byte[0], List.of()));
    }
  }

  private static RawMessage.Ending ending(String method, int status, List<RawField> fields) {
    boolean tunnel = method.equals("CONNECT") && status / 100 == 2;
    if (method.equals("HEAD") || status == 204 || status == 304 || status == 101 || tunnel) {
      return RawMessage.Ending.EMPTY;
    }
    return RawMessage.ending(fields, RawMessage.Ending.CLOSE);
  }

  /// {@return the status code}
  public int status() {
    return RawMessage.status(message.startLine());
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

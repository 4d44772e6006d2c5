// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One thing wrong with a configuration, told in one line.
///
/// @param place where; null when the value did not come from a file
/// @param key the path of the key, as `listeners[0].address`; empty when the whole file is meant
/// @param what what is wrong
/// @param hint what would be right, as `expected: 1..65535`; empty when `what` says it all
public record Problem(@Nullable Place place, String key, String what, String hint) {

  /// Refuses null components; control characters become escapes, and long text is cut, so that a
  /// problem is one line whatever the file holds.
  public Problem {
    key = Quoted.path(key);
    what = Quoted.message(what);
    hint = Quoted.message(hint);
  }

  /// {@return whether another problem is about the same value}
  boolean isAbout(Problem other) {
    return Objects.equals(place, other.place) && key.equals(other.key);
  }

  /// {@return `file:line: key: what is wrong (expected: form)`}
  @Override
  public String toString() {
    var line = new StringBuilder();
    if (place != null) {
      line.append(place).append(": ");
    }
    if (!key.isEmpty()) {
      line.append(key).append(": ");
    }
    line.append(what);
    if (!hint.isEmpty()) {
      line.append(" (").append(hint).append(')');
    }
    return line.toString();
  }
}

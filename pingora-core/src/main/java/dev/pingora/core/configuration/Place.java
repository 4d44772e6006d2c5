// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import java.util.Objects;

/// Where something stands in a configuration file.
///
/// @param file the name of the file as the operator gave it
/// @param line from 1; 0 when the whole file is meant
/// @param column from 1, in code points; 0 when the whole line is meant
public record Place(String file, int line, int column) {

  /// Refuses a place before the beginning.
  public Place {
    Objects.requireNonNull(file, "file");
    if (line < 0 || column < 0) {
      throw new IllegalArgumentException("line %d, column %d".formatted(line, column));
    }
  }

  /// {@return `file:line`, or the file alone where no line is known}
  @Override
  public String toString() {
    return line == 0 ? file : file + ":" + line;
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What Linux says of this process in files of text (proc(5)): the first call into the C library
/// costs a starting process 0.1 s, a file next to nothing.
final class ProcFile {
  private ProcFile() {}

  /// {@return what follows a label at the beginning of a line; null where there is no such file or
  /// line}
  static @Nullable String value(String file, String label) {
    try {
      for (String line : Files.readAllLines(Path.of(file), StandardCharsets.ISO_8859_1)) {
        if (line.startsWith(label)) {
          return line.substring(label.length()).strip();
        }
      }
    } catch (IOException | SecurityException e) {
      return null; // not Linux, or not for us to see
    }
    return null;
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whoever reads the log of secrets reads everything, so only its owner may.
class KeyLogFileTest {
  @TempDir private Path folder;

  private void append(Path file, String line) throws Exception {
    try (BufferedWriter out = new KeyLogFile(file).open()) {
      out.write(line);
    }
  }

  @Test
  void aNewFileIsItsOwnersOnly() throws Exception {
    Path file = folder.resolve("keys.log");
    append(file, "a");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void appendsToAFileThatIsThereAndLeavesItsMode() throws Exception {
    Path file = Files.writeString(folder.resolve("keys.log"), "a");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    append(file, "b");
    assertThat(file).hasContent("ab");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r-----");
  }
}

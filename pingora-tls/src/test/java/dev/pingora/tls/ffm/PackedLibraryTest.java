// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls.ffm;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.pingora.tls.TlsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX) // the examples are named as on Linux
class PackedLibraryTest {
  private static Optional<PackedLibrary> unpack(String library) throws TlsException {
    return PackedLibrary.unpack(PackedLibraryTest.class, "Example", library);
  }

  private static String permissions(Path path) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void isAFileForItsOwnerWhileItIsLoaded() throws Exception {
    Path file;
    try (PackedLibrary packed = unpack("packed-example").orElseThrow()) {
      file = packed.file();
      assertThat(file).hasContent("no library, but an example of a file");
      assertThat(file).hasFileName("libpacked-example.so");
      assertThat(permissions(file)).isEqualTo("rwx------");
      assertThat(permissions(requireNonNull(file.getParent()))).isEqualTo("rwx------");
    }
    assertThat(file).doesNotExist();
    assertThat(requireNonNull(file.getParent())).doesNotExist();
  }

  @Test
  void isRefusedWhenDamaged() {
    assertThatExceptionOfType(TlsException.class)
        .isThrownBy(() -> unpack("damaged-example"))
        .withMessage("Example: the library in this module is damaged (its SHA-256 differs)");
  }

  @Test
  void mayBeAbsent() throws Exception {
    assertThat(unpack("absent-example")).isEmpty();
  }
}

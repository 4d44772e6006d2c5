// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.rustls;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.tls.TlsException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The library in the module.
@NeedsLibrary
final class PackedLibraryTest {
  private static final Pattern CRATE = Pattern.compile("(?m)^(\\S+)-\\d[^:]*: (.+)$");

  private static String here() {
    return PackedLibrary.PLATFORMS.stream().filter(PackedLibrary::has).findFirst().orElseThrow();
  }

  @Test
  void isAFileForItsOwnerWhileItIsLoaded() throws Exception {
    Path file;
    try (PackedLibrary packed = PackedLibrary.unpack(here())) {
      file = packed.file();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rwx------");
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(requireNonNull(file.getParent()))))
          .isEqualTo("rwx------");
    }
    assertThat(file).doesNotExist();
    assertThat(requireNonNull(file.getParent())).doesNotExist();
  }

  @Test
  void isRefusedWhenDamaged() throws Exception {
    byte[] library = {1, 2, 3};
    String sum =
        HexFormat.of()
            .formatHex(java.security.MessageDigest.getInstance("SHA-256").digest(library));
    PackedLibrary.check(library, sum + "  libtlsrustls.so\n");
    for (String bad : new String[] {"", sum, sum.replace(sum.charAt(0), 'x') + "  a"}) {
      assertThatThrownBy(() -> PackedLibrary.check(library, bad))
          .isInstanceOf(TlsException.class)
          .hasMessageContaining("damaged");
    }
  }

  @Test
  void anotherIsTakenOnlyBeforeTheFirst() {
    assertThat(Native.LIBRARY.missing()).isNull();
    new RustlsTls().library(null);
    assertThatThrownBy(() -> new RustlsTls().library(Path.of("/nowhere")))
        .isInstanceOf(IllegalStateException.class);
  }

  /// The licences of all crates in the library come with it.
  @Test
  void namesWhatIsLinkedIn() throws Exception {
    try (InputStream in =
        requireNonNull(
            PackedLibrary.class.getResourceAsStream("/META-INF/native/LICENSES-crates.txt"))) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      Matcher crates = CRATE.matcher(text);
      assertThat(crates.results().map(match -> match.group(1)))
          .contains("aws-lc-rs", "aws-lc-sys", "rustls", "rustls-webpki", "subtle", "untrusted");
      assertThat(text).contains("THE SOFTWARE IS PROVIDED", "BoringSSL");
    }
  }
}

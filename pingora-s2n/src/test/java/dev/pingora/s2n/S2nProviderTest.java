// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.tls.Availability;
import dev.pingora.tls.Capability;
import dev.pingora.tls.KeyType;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsException.Reason;
import dev.pingora.tls.TlsProviders;
import dev.pingora.tls.ffm.NativeLibrary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whether the provider is there, and what it says when it is not.
final class S2nProviderTest {
  @Test
  void isThere() throws Exception {
    assertThat(TlsProviders.installed().find("s2n")).isInstanceOf(S2nProvider.class);
    assertThat(Ends.S2N.availability())
        .isInstanceOfSatisfying(
            Availability.Available.class,
            here -> {
              assertThat(here.library()).isEqualTo("s2n-tls of aws-crt 0.50.0");
              assertThat(here.fips()).startsWith("no");
              assertThat(here.capabilities())
                  .contains(Capability.PSK, Capability.BLINDING, Capability.SECURITY_POLICY)
                  .doesNotContain(Capability.KEY_ED25519, Capability.CHOOSE_GROUPS);
            });
    assertThat(Ends.S2N.availability()).isEqualTo(new S2nProvider().availability());
  }

  @Test
  void takesNoOtherLibraryOnceOneIsLoaded() {
    assertThat(Ends.S2N.availability()).isInstanceOf(Availability.Available.class);
    assertThatThrownBy(() -> Ends.S2N.library(Path.of("libs2n.so")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("s2n is already loaded");
  }

  @Test
  void unpacksForTheOwnerAlone() throws Exception {
    Path folder;
    try (PackedLibrary packed = PackedLibrary.unpack(here())) {
      folder = packed.file().getParent();
      assertThat(Files.getPosixFilePermissions(folder)).hasSize(3);
      assertThat(Files.getPosixFilePermissions(packed.file())).hasSize(3);
      assertThat(packed.version()).isEqualTo("0.50.0");
    }
    assertThat(folder).doesNotExist();
  }

  @Test
  void hasLibrariesOfFourPlatforms(@TempDir Path root) throws Exception {
    for (String loader :
        List.of(
            "lib64/ld-linux-x86-64.so.2",
            "lib/ld-linux-aarch64.so.1",
            "lib/ld-musl-x86_64.so.1",
            "lib/ld-musl-aarch64.so.1")) {
      Files.createDirectories(root.resolve(loader).getParent());
      Files.createFile(root.resolve(loader));
    }
    List<String> platforms = PackedLibrary.platforms(root);
    assertThat(platforms).hasSize(4).first().isEqualTo("linux/x86_64/glibc");
    for (String platform : platforms) {
      try (PackedLibrary packed = PackedLibrary.unpack(platform)) {
        assertThat(packed.version()).as(platform).isEqualTo("0.50.0");
      }
    }
  }

  private static String here() {
    return PackedLibrary.platforms(Path.of("/")).getFirst();
  }

  @Test
  void saysWhereItLookedInVain() {
    assertThatThrownBy(() -> PackedLibrary.unpack("plan9/mips/glibc"))
        .isInstanceOf(TlsException.class)
        .hasMessageContaining("plan9/mips/glibc/libaws-crt-jni.so")
        .hasMessageContaining("aws-crt");
  }

  @Test
  void namesFunctionsThatAreMissing() throws Exception {
    // A library without any of them: that of the JVM's own.
    Path other = Path.of(System.getProperty("java.home"), "lib", "libjava.so");
    NativeLibrary library = NativeLibrary.open("s2n", List.of(other));
    assertThat(new LibraryCalls(library)).isNotNull();
    assertThatThrownBy(library::complete)
        .isInstanceOf(TlsException.class)
        .hasMessageContaining("lacks s2n_disable_atexit, s2n_init");
  }

  @Test
  void refusesKeysOfEd25519() {
    assertThatThrownBy(() ->
            Ends.context(Ends.server().withCertificate(TestCertificates.server(KeyType.ED25519))))
        .isInstanceOfSatisfying(
            TlsException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CONFIGURATION))
        .hasMessageStartingWith("s2n: ED25519 certificate");
  }
}

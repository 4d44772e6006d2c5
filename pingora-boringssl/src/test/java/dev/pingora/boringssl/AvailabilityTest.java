// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.boringssl;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.tls.Availability;
import dev.pingora.tls.Capability;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProviders;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whether the provider is there. Runs everywhere: without the library nothing else of this module
/// does.
final class AvailabilityTest {
  private static String missing(Path given) {
    BoringSslProvider provider = new BoringSslProvider();
    provider.library(given);
    if (provider.availability() instanceof Availability.Missing(String reason)) {
      return reason;
    }
    throw new AssertionError(provider.availability().toString());
  }

  @Test
  void isFoundByNameWhateverItCanDo() {
    assertThat(TlsProviders.installed().all()).hasAtLeastOneElementOfType(BoringSslProvider.class);
  }

  @Test
  void isThereOrSaysWhatToInstall() throws Exception {
    BoringSslProvider provider = new BoringSslProvider();
    switch (provider.availability()) {
      case Availability.Available available -> {
        assertThat(available.library()).matches("BoringSSL of boring-sys \\d+\\.\\d+\\.\\d+");
        assertThat(available.origin()).isEqualTo("the library in this module");
        assertThat(available.capabilities())
            .contains(
                Capability.GROUP_X25519MLKEM768,
                Capability.SECOND_KEY_SHARE,
                Capability.CHOOSE_SUITES_1_3,
                Capability.TICKET_KEYS,
                Capability.KEY_ED25519)
            .doesNotContain(Capability.PSK, Capability.BLINDING, Capability.KEY_RSA_PSS);
        assertThat(available.fips()).startsWith("no");
        assertThat(provider.server(ServerTls.of(TestCertificates.server())).provider())
            .isEqualTo("boringssl");
      }
      case Availability.Missing(String reason) -> {
        assertThat(reason).contains("built without cargo, cmake", "install them");
        assertThatExceptionOfType(TlsException.class)
            .isThrownBy(() -> provider.server(ServerTls.of(TestCertificates.server())))
            .withMessage(reason);
      }
    }
    assertThat(provider.availability()).isEqualTo(provider.availability());
  }

  @Test
  void anotherIsTakenOnlyBeforeTheFirst() {
    Ends.BORINGSSL.availability();
    assertThatIllegalStateException()
        .isThrownBy(() -> Ends.BORINGSSL.library(Path.of("/")))
        .withMessage("BoringSSL is already loaded");
  }

  @Test
  void saysWhichFileIsMissingOrNone(@TempDir Path folder) throws Exception {
    Path file = folder.resolve(System.mapLibraryName("pingora-boringssl"));
    assertThat(missing(folder)).isEqualTo("BoringSSL: there is no file " + file);
    Files.writeString(file, "text, no library at all");
    assertThat(missing(folder)).startsWith("BoringSSL: cannot load " + file + ": ");
    assertThat(missing(file)).startsWith("BoringSSL: cannot load " + file + ": ");
  }

  /// Another build of BoringSSL, or OpenSSL itself, has not the functions that take the place of
  /// OpenSSL's.
  @Test
  void refusesALibraryThatIsNotItsOwn() {
    Path libc = Path.of("/lib/x86_64-linux-gnu/libc.so.6");
    if (Files.exists(libc)) {
      assertThat(missing(libc)).contains("BoringSSL of " + libc + " lacks ", "SSL_new");
    } else {
      assertThat(missing(Path.of("/nowhere"))).startsWith("BoringSSL: there is no file");
    }
  }

  /// Its licence comes with it.
  @Test
  void bringsItsLicence() throws Exception {
    if (Ends.present()) {
      try (InputStream in =
          requireNonNull(
              AvailabilityTest.class.getResourceAsStream(
                  "/META-INF/native/LICENSE-boringssl.txt"))) {
        assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
            .contains("Apache License");
      }
    }
  }
}

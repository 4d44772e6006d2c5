// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.rustls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.tls.Availability;
import dev.pingora.tls.Capability;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProviders;
import org.junit.jupiter.api.Test;

/// Whether the provider is there. Runs everywhere: without cargo nothing else of this module does.
final class AvailabilityTest {
  @Test
  void isFoundByNameWhateverItCanDo() {
    assertThat(TlsProviders.installed().all()).hasAtLeastOneElementOfType(RustlsTls.class);
  }

  @Test
  void isThereOrSaysWhatToInstall() throws Exception {
    RustlsTls rustls = new RustlsTls();
    switch (rustls.availability()) {
      case Availability.Available available -> {
        assertThat(available.library()).matches("rustls 0\\.\\d+\\.\\d+, aws-lc-rs 1\\..*");
        assertThat(available.origin()).isEqualTo("this module");
        assertThat(available.capabilities())
            .contains(Capability.GROUP_X25519MLKEM768, Capability.TICKET_KEYS)
            .doesNotContain(Capability.PSK, Capability.BLINDING, Capability.KEY_RSA_PSS);
        assertThat(available.fips()).startsWith("no");
        assertThat(rustls.server(ServerTls.of(TestCertificates.server())).provider())
            .isEqualTo("rustls");
      }
      case Availability.Missing(String reason) -> {
        assertThat(reason).contains("built without cargo", "install Rust");
        assertThatThrownBy(() -> rustls.server(ServerTls.of(TestCertificates.server())))
            .isInstanceOf(TlsException.class)
            .hasMessage(reason);
      }
    }
    assertThat(rustls.availability()).isEqualTo(rustls.availability());
  }

  @Test
  void saysSoOnPlatformsItWasNotBuiltFor() {
    assertThatThrownBy(() -> PackedLibrary.unpack("plan9-mips"))
        .isInstanceOf(TlsException.class)
        .hasMessageContaining("built without cargo");
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.tls.Availability;
import dev.pingora.tls.Capability;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.NamedGroup;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProfile;
import dev.pingora.tls.TlsProvider;
import dev.pingora.tls.TlsProviders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProviderTest {
  private static Availability.Available available(TlsProvider provider) {
    if (provider.availability() instanceof Availability.Available found) {
      return found;
    }
    throw new AssertionError(provider.availability().toString());
  }

  @Test
  void isFoundByName() throws Exception {
    assertThat(TlsProviders.installed().find("openssl")).isInstanceOf(OpenSslProvider.class);
  }

  @Test
  void saysWhatItIsAndCan() {
    Availability.Available system = available(Libraries.SYSTEM.provider());
    Availability.Available newer = available(Libraries.NEWER.provider());
    assertThat(system.library()).startsWith("OpenSSL 3.");
    assertThat(system.origin()).endsWith("libssl.so.3");
    assertThat(newer.library()).startsWith("OpenSSL 3.5.");
    assertThat(newer.origin()).contains("libssl-");
    assertThat(newer.capabilities())
        .contains(Capability.GROUP_X25519MLKEM768, Capability.SECOND_KEY_SHARE)
        .doesNotContain(Capability.PSK, Capability.BLINDING, Capability.SECURITY_POLICY);
  }

  @Test
  void isAskedForALibraryBeforeItHasOne() {
    assertThatIllegalStateException()
        .isThrownBy(() -> Libraries.NEWER.provider().library(Path.of("/")));
  }

  @Test
  void saysWhatIsMissing(@TempDir Path folder) throws IOException {
    OpenSslProvider empty = new OpenSslProvider();
    empty.library(folder);
    assertThat(empty.availability())
        .isEqualTo(new Availability.Missing("OpenSSL: no libssl with libcrypto at " + folder));
    assertThatExceptionOfType(TlsException.class)
        .isThrownBy(() -> empty.client(ClientTls.standard()))
        .withMessageContaining("no libssl");

    Files.writeString(folder.resolve("libssl.so.3"), "text, no library at all");
    Files.writeString(folder.resolve("libcrypto.so.3"), "text, no library at all");
    OpenSslProvider bad = new OpenSslProvider();
    bad.library(folder);
    assertThat(((Availability.Missing) bad.availability()).reason())
        .startsWith("OpenSSL: cannot load " + folder.resolve("libcrypto.so.3") + ": ");
  }

  /// With the same SONAMEs, libssl is bound to the libcrypto that was loaded first.
  @Test
  void refusesHalvesThatDoNotBelongTogether(@TempDir Path folder) throws Exception {
    Path ssl = Path.of(available(Libraries.SYSTEM.provider()).origin());
    Path ours = folder.resolve("libcrypto.so.3");
    Files.copy(ssl.resolveSibling("libcrypto.so.3"), ours);
    assertThatExceptionOfType(TlsException.class)
        .isThrownBy(() -> OpenSsl.load(Dialect.OPENSSL, new LibraryFiles(ssl, ours).parts()))
        .withMessage("OpenSSL: " + ssl + " does not use " + ours + ", but another one");
  }

  @Test
  void takesAFileOrItsFolder() throws Exception {
    Path folder = Libraries.unpacked();
    LibraryFiles found = LibraryFiles.find(folder);
    assertThat(found.ssl().getFileName().toString()).startsWith("libssl-");
    assertThat(found.crypto().getFileName().toString()).startsWith("libcrypto-");
    assertThat(LibraryFiles.find(found.ssl())).isEqualTo(found);
  }

  @Test
  void leavesOutGroupsItLacksUnlessThatIsAll() throws Exception {
    TlsProfile hybrid = TlsProfile.MODERN.withGroups(List.of(NamedGroup.X25519MLKEM768));
    ServerTls config = ServerTls.of(TestCertificates.server()).withProfile(hybrid);
    for (Libraries library : Libraries.values()) {
      boolean able =
          available(library.provider()).capabilities().contains(Capability.GROUP_X25519MLKEM768);
      if (able) {
        assertThat(library.server(config).provider()).isEqualTo("openssl");
      } else {
        assertThatExceptionOfType(TlsException.class)
            .isThrownBy(() -> library.server(config))
            .withMessageContaining("openssl: groups: OpenSSL 3.")
            .withMessageContaining("has none of [X25519MLKEM768]");
      }
      assertThat(library.server(config.withProfile(TlsProfile.MODERN)).provider())
          .isEqualTo("openssl");
    }
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.jsse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.tls.TlsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SystemRootsTest {
  @TempDir private Path folder;

  @Test
  void takesTheFirstPlaceThatIsThere() throws Exception {
    Path bundle =
        Files.writeString(
            folder.resolve("bundle.pem"), TestCertificates.pem(List.of(TestCertificates.root())));

    assertThat(SystemRoots.read(List.of(folder.resolve("none"), bundle)))
        .containsExactly(TestCertificates.root());
  }

  @Test
  void leavesItToTheJdkWhereThereIsNone() throws Exception {
    assertThat(SystemRoots.read(List.of(folder.resolve("none")))).isEmpty();
  }

  @Test
  void namesTheFileThatIsBad() throws Exception {
    Path bundle = Files.writeString(folder.resolve("bundle.pem"), "nothing");

    assertThatThrownBy(() -> SystemRoots.read(List.of(bundle)))
        .isInstanceOf(TlsException.class)
        .hasMessageContaining("bundle.pem");
  }
}

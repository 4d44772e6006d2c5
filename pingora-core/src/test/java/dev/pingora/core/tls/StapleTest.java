// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.testkit.tls.TestOcsp;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.KeyType;
import dev.pingora.tls.OcspResponse;
import dev.pingora.tls.OcspResponse.Status;
import dev.pingora.tls.TlsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which files are taken for OCSP responses to staple, and for how long.
final class StapleTest {
  private static final CertKey KEY = TestCertificates.server();

  /// OCSP has no fractions of seconds.
  private final Instant until =
      Instant.now().plus(Duration.ofHours(1)).truncatedTo(ChronoUnit.SECONDS);

  private final byte[] good = TestOcsp.response(KEY, Status.GOOD, until);

  @TempDir private Path folder;

  @BeforeEach
  void writePair() throws IOException {
    Files.writeString(folder.resolve("cert.pem"), TestCertificates.chainPem(KEY));
    Files.writeString(folder.resolve("key.pem"), TestCertificates.keyPem(KEY));
  }

  private CertificateFiles.Entry entry(byte[] staple) throws IOException {
    Path file = folder.resolve("staple.der");
    Files.write(file, staple);
    return new CertificateFiles.Entry(
        folder.resolve("cert.pem"), folder.resolve("key.pem"), file, true);
  }

  private void assertRefused(byte[] staple, String why) throws IOException {
    CertificateFiles.Entry entry = entry(staple);
    assertThatThrownBy(() -> CertificateFiles.load(List.of(entry)))
        .isInstanceOf(TlsException.class)
        .hasMessageStartingWith(entry.ocsp() + ": ")
        .hasMessageContaining(why);
    assertThatThrownBy(() -> CertificateFiles.check(entry)).hasMessageContaining(why);
  }

  @Test
  void readsWhatAResponseSays() throws Exception {
    for (Status status : Status.values()) {
      byte[] response = TestOcsp.response(KEY, status, until);
      OcspResponse read = OcspResponse.of(response, KEY.leaf(), "file");
      assertThat(read).isEqualTo(new OcspResponse(status, until));
      assertThat(read.isExpired(until)).isFalse();
      assertThat(read.isExpired(until.plusSeconds(1))).isTrue();
    }
  }

  @Test
  void refusesWhatIsNoResponseOrNotOfThisCertificate() throws Exception {
    assertRefused(new byte[0], "no OCSP response");
    assertRefused("nonsense".getBytes(java.nio.charset.StandardCharsets.UTF_8), "no OCSP response");
    assertRefused(TestOcsp.tryLater(), "its responder failed with status 3");
    assertRefused(
        TestOcsp.good(TestCertificates.server(KeyType.RSA)),
        "about another certificate than that of CN=");
    assertRefused(
        TestOcsp.response(KEY, Status.REVOKED, until), "says that the certificate is REVOKED");
    assertRefused(
        TestOcsp.response(KEY, Status.UNKNOWN, until), "says that the certificate is UNKNOWN");
  }

  @Test
  void aResponseThatIsCutShortIsRefused() {
    for (int length = 0; length < good.length; length++) {
      byte[] part = Arrays.copyOf(good, length);
      assertThatThrownBy(() -> OcspResponse.of(part, KEY.leaf(), "file"))
          .as("%s octets", length)
          .isInstanceOf(TlsException.class)
          .hasMessageStartingWith("file: no OCSP response: ");
    }
  }

  @Test
  void noChangedOctetLeadsToAnythingButAVerdict() {
    for (int at = 0; at < good.length; at++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] changed = good.clone();
        changed[at] ^= (byte) (1 << bit);
        try {
          OcspResponse.of(changed, KEY.leaf(), "file");
        } catch (TlsException e) {
          assertThat(e.reason()).isEqualTo(TlsException.Reason.CONFIGURATION);
        }
      }
    }
  }

  @Test
  void anOldResponseIsNotStapled() throws Exception {
    byte[] old = TestOcsp.response(KEY, Status.GOOD, Instant.now().minus(Duration.ofHours(1)));
    CertificateFiles files = CertificateFiles.load(List.of(entry(old)));
    assertThat(files.get().first().ocsp()).isNull();
    assertThat(files.reload()).isFalse();
    var _ = entry(good);
    assertThat(files.reload()).isTrue();
    assertThat(files.get().first().ocsp()).isEqualTo(good);
  }

  @Test
  void aResponseThatGetsOldIsStapledNoLonger() throws Exception {
    CertificateFiles files = CertificateFiles.load(List.of(entry(good)));
    assertThat(files.reload(until.minusSeconds(1))).isFalse();
    assertThat(files.get().first().ocsp()).isEqualTo(good);
    assertThat(files.reload(until)).isTrue();
    assertThat(files.get().first().ocsp()).isNull();
    assertThat(files.reload(until.plusSeconds(1))).isFalse();
  }

  @Test
  void aBrokenResponseLeavesTheOneInUse() throws Exception {
    CertificateFiles files = CertificateFiles.load(List.of(entry(good)));
    var _ = entry(new byte[10]);
    assertThat(files.reload()).isFalse();
    assertThat(files.get().first().ocsp()).isEqualTo(good);
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.SelfSigned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is told of certificates that are not valid, or not for long, and of keys open to others.
final class ValidityTest {
  private static final CertKey KEY = TestCertificates.server(); // of 91 days

  private final Instant begin = KEY.leaf().getNotBefore().toInstant();
  private final Instant end = KEY.leaf().getNotAfter().toInstant();
  private final List<String> told = new ArrayList<>();

  @TempDir private Path folder;

  private CertificateFiles load(CertKey key, Instant now, boolean watched) throws Exception {
    write(key);
    CertificateFiles.Entry entry =
        new CertificateFiles.Entry(
            folder.resolve("cert.pem"), folder.resolve("key.pem"), null, watched);
    return CertificateFiles.load(List.of(entry), now, told::add);
  }

  private void write(CertKey key) throws IOException {
    Files.writeString(folder.resolve("cert.pem"), TestCertificates.chainPem(key));
    Files.writeString(folder.resolve("key.pem"), TestCertificates.keyPem(key));
  }

  private String warning(String what) {
    return folder.resolve("cert.pem") + ": " + what;
  }

  @Test
  void bothEndsBelongToTheValidity() {
    assertThat(Validity.of(KEY.leaf(), begin.minusMillis(1))).isEqualTo(Validity.EARLY);
    assertThat(Validity.of(KEY.leaf(), begin)).isEqualTo(Validity.CURRENT);
    Instant notice = end.minus(Validity.NOTICE);
    assertThat(Validity.of(KEY.leaf(), notice.minusMillis(1))).isEqualTo(Validity.CURRENT);
    assertThat(Validity.of(KEY.leaf(), notice)).isEqualTo(Validity.ENDING);
    assertThat(Validity.of(KEY.leaf(), end)).isEqualTo(Validity.ENDING);
    assertThat(Validity.of(KEY.leaf(), end.plusMillis(1))).isEqualTo(Validity.EXPIRED);
  }

  @Test
  void aShortLifeIsSpokenOfInItsLastThird() {
    X509Certificate week = SelfSigned.of(List.of("a.example"), Duration.ofDays(7)).leaf();
    Instant first = week.getNotBefore().toInstant();
    Duration life = Duration.between(first, week.getNotAfter().toInstant());
    assertThat(life).isLessThan(Validity.NOTICE);
    Instant notice = week.getNotAfter().toInstant().minus(life.dividedBy(3));
    assertThat(Validity.of(week, first)).isEqualTo(Validity.CURRENT);
    assertThat(Validity.of(week, notice.minusMillis(1))).isEqualTo(Validity.CURRENT);
    assertThat(Validity.of(week, notice)).isEqualTo(Validity.ENDING);
  }

  @Test
  void warnsOnceEachAsTimeGoesOnAlsoOfFilesThatAreNotWatched() throws Exception {
    CertificateFiles files = load(KEY, begin.minusSeconds(1), false);
    assertThat(told).containsExactly(warning("not valid before " + begin));
    told.clear();
    for (Instant now : List.of(begin.minusMillis(1), begin, end.minus(Duration.ofDays(15)))) {
      files.reload(now);
    }
    assertThat(told).isEmpty();
    for (int i = 0; i < 3; i++) {
      files.reload(end.minus(Duration.ofDays(13)).plusSeconds(i));
    }
    assertThat(told).containsExactly(warning("valid only until " + end));
    told.clear();
    for (int i = 1; i < 3; i++) {
      files.reload(end.plusSeconds(i));
    }
    assertThat(told).containsExactly(warning("expired since " + end));
  }

  @Test
  void warnsAtLoadAndOfWhatIsReloaded() throws Exception {
    CertKey old = TestCertificates.expired();
    Instant over = old.leaf().getNotAfter().toInstant();
    CertificateFiles files = load(old, Instant.now(), true);
    assertThat(told).containsExactly(warning("expired since " + over));
    told.clear();
    write(TestCertificates.notYetValid());
    assertThat(files.reload()).isTrue();
    Instant still = TestCertificates.notYetValid().leaf().getNotBefore().toInstant();
    assertThat(told).containsExactly(warning("not valid before " + still));
    told.clear();
    write(KEY);
    assertThat(files.reload()).isTrue();
    assertThat(told).isEmpty();
    write(old);
    assertThat(files.reload()).isTrue();
    assertThat(told).containsExactly(warning("expired since " + over));
  }

  @Test
  void aKeyIsOpenToOthersWhenItsGroupOrEverybodyCanReadIt() throws Exception {
    Path file = Files.createFile(folder.resolve("secret"));
    for (String mode : List.of("rw-r-----", "rw----r--", "r--r--r--")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
      assertThat(SecretFiles.isOpen(file)).as(mode).isTrue();
    }
    for (String mode : List.of("rw-------", "r--------", "rwx-wx-wx")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
      assertThat(SecretFiles.isOpen(file)).as(mode).isFalse();
    }
    assertThat(SecretFiles.isOpen(folder.resolve("nowhere"))).isFalse();
  }
}

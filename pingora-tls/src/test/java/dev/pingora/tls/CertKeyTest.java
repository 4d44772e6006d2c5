// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Pairs of certificate and key, in all forms that openssl writes.
final class CertKeyTest {
  @TempDir private Path folder;

  private Path file(String name) {
    return folder.resolve(name);
  }

  private void openssl(String arguments) throws Exception {
    OpenSsl.run(folder, arguments.split(" "));
  }

  private void selfSigned(String key) throws Exception {
    String names = " -addext subjectAltName=DNS:A.example,IP:192.0.2.1";
    openssl("req -x509 -key " + key + " -out cert.pem -days 2 -subj /CN=a" + names);
  }

  @ParameterizedTest
  @CsvSource({
    "RSA, genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048",
    "RSA_PSS, genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048",
    "EC_P256, genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256",
    "EC_P384, genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384",
    "EC_P521, genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521",
    "ED25519, genpkey -algorithm ED25519",
    "RSA, genrsa -traditional",
    "EC_P256, ecparam -name prime256v1 -genkey",
  })
  void readsKeysOfEachKindAndForm(KeyType type, String command) throws Exception {
    openssl(command + " -out key.pem");
    selfSigned("key.pem");
    CertKey key = CertKey.fromPem(file("cert.pem"), file("key.pem"));
    assertThat(key.type()).isEqualTo(type);
    assertThat(key.names()).containsExactly("a.example", "192.0.2.1");
    assertThat(key.chain()).hasSize(1);
    assertThat(key.warnings()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"-v2 aes-256-cbc", "-v2 aes-128-cbc -v2prf hmacWithSHA1", "-v1 PBE-SHA1-3DES"})
  void readsEncryptedKeysWithTheirPassword(String how) throws Exception {
    openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out plain.pem");
    selfSigned("plain.pem");
    openssl("pkcs8 -topk8 -in plain.pem -out key.pem -passout pass:secret " + how);
    assertThat(CertKey.fromPem(file("cert.pem"), file("key.pem"), "secret".toCharArray()).type())
        .isEqualTo(KeyType.EC_P256);
    assertFault("key.pem:1: not a usable ENCRYPTED PRIVATE KEY: it is encrypted", null);
    assertFault("openssl pkcs8 -topk8 -nocrypt; the gateway takes no passwords", null);
    assertFault("key.pem:1: not a usable ENCRYPTED PRIVATE KEY", "wrong".toCharArray());
  }

  private void assertFault(String message, char @Nullable [] password) {
    assertThatThrownBy(() -> CertKey.fromPem(file("cert.pem"), file("key.pem"), password))
        .isInstanceOfSatisfying(
            TlsException.class,
            e -> assertThat(e.reason()).isEqualTo(TlsException.Reason.CONFIGURATION))
        .hasMessageContaining(message);
  }

  /// Whoever opened the pipe would wait for a writer that never comes.
  @Test
  void pipesAndFoldersAreRefused() throws Exception {
    Path pipe = file("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    for (Path file : List.of(pipe, folder)) {
      assertThatThrownBy(() -> TlsFile.read(file))
          .isInstanceOf(TlsException.class)
          .hasMessage("cannot read " + file + ": it is no regular file");
    }
  }

  @Test
  void namesTheFileAndWhatIsWrongWithIt() throws Exception {
    openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem");
    selfSigned("key.pem");
    openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem");
    assertFault("do not fit each other", null);
    Files.writeString(file("key.pem"), "nothing here");
    assertFault("key.pem: 0 private keys (expected: one)", null);
    openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:secp256k1 -out key.pem");
    assertFault("key.pem", null);
    Files.delete(file("key.pem"));
    assertFault("key.pem: no such file", null);
    Files.writeString(
        file("cert.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    assertFault("cert.pem:1: no X.509 certificate", null);
    Files.write(file("cert.pem"), new byte[2 << 20]);
    assertFault("cert.pem: it is larger than", null);
  }

  @Test
  void refusesPemThatIsNot() throws IOException {
    assertPemFault("-----BEGIN CERTIFICATE-----\nAAAA\n", ":1: a block without end");
    assertPemFault("x\n-----END CERTIFICATE-----\n", ":2: an end without a beginning");
    assertPemFault("-----BEGIN A-----\n-----END B-----\n", ":1: A ends as B");
    assertPemFault("-----BEGIN A-----\n!\n-----END A-----\n", ":1: no base64");
    assertPemFault("-----BEGIN A-----\n-----BEGIN A-----\n", ":1: a block without end");
    assertPemFault("-----BEGIN A\n-----END A-----\n", ":1: no proper boundary");
    assertPemFault(
        "-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END A-----\n",
        ":1: a key encrypted the old way (expected: PKCS #8 without a password, openssl pkcs8"
            + " -topk8 -nocrypt; the gateway takes no passwords)");
  }

  private static void assertPemFault(String text, String message) {
    assertThatThrownBy(() -> PemBlock.read(text, "f.pem"))
        .isInstanceOf(TlsException.class)
        .hasMessageContaining("f.pem" + message);
  }

  @Test
  void putsChainsInOrderAndTellsWhatIsOdd() throws Exception {
    authority("root", "root", "-x509");
    authority("middle", "root", "");
    authority("leaf", "middle", "");
    String all = Files.readString(file("root.pem")) + Files.readString(file("leaf.pem"));
    String key = Files.readString(file("leaf.key"));
    String middle = Files.readString(file("middle.pem"));
    CertKey whole = CertKey.fromPem(middle + all, key);
    assertThat(whole.chain().stream().map(c -> c.getSubjectX500Principal().getName()))
        .containsExactly("CN=leaf", "CN=middle");
    assertThat(whole.warnings()).isEmpty();
    CertKey alone = CertKey.fromPem(Files.readString(file("leaf.pem")), key);
    assertThat(alone.warnings()).singleElement().asString().contains("CN=middle");
    CertKey gap = CertKey.fromPem(all, key);
    assertThat(gap.warnings()).anyMatch(w -> w.contains("not part of the chain: CN=root"));
  }

  private void authority(String name, String issuer, String kind) throws Exception {
    openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out " + name + ".key");
    if (kind.isEmpty()) {
      openssl("req -new -key " + name + ".key -out r.csr -subj /CN=" + name);
      openssl(
          "x509 -req -in r.csr -days 2 -CA %1$s.pem -CAkey %1$s.key -CAcreateserial -out %2$s.pem"
              .formatted(issuer, name));
    } else {
      openssl("req -x509 -key " + name + ".key -out " + name + ".pem -days 2 -subj /CN=" + name);
    }
  }

  @Test
  void keysAppearInNoText() throws Exception {
    CertKey key = SelfSigned.of(List.of("a.example"), Duration.ofDays(1));
    assertThat(key.toString()).isEqualTo("EC_P256 certificate of CN=a.example");
    assertThat(new PemBlock("PRIVATE KEY", new byte[] {1, 2, 3}, 4).toString())
        .isEqualTo("PRIVATE KEY of 3 octets, line 4");
    assertThat(TicketKeys.random().keys().getFirst().toString()).isEqualTo("ticket key");
  }

  @Test
  void opensslUnderstandsWhatWeSign() throws Exception {
    CertKey key = SelfSigned.of(List.of("a.example", "127.0.0.1", "::1"), Duration.ofDays(1));
    Files.write(file("c.der"), key.chainDer().getFirst());
    Files.write(file("k.der"), key.pkcs8());
    openssl("x509 -inform DER -in c.der -out c.pem");
    openssl("pkey -inform DER -in k.der -out k.pem");
    openssl("verify -x509_strict -CAfile c.pem -verify_hostname a.example c.pem");
    openssl("verify -CAfile c.pem -verify_ip ::1 c.pem");
    assertThat(CertKey.fromPem(file("c.pem"), file("k.pem")).leaf()).isEqualTo(key.leaf());
  }
}

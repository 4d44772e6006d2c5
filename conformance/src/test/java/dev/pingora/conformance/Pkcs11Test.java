// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.conformance;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.testkit.Tool;
import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.KeyType;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProvider;
import dev.pingora.tls.TlsVersion;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Private keys in a PKCS #11 token, SoftHSM's, that the JDK's own provider speaks with: nobody can
/// read them, and each TLS provider serves with them.
final class Pkcs11Test {
  private static final String PIN = "1234";
  private static final List<KeyType> KINDS = List.of(KeyType.EC_P256, KeyType.EC_P384, KeyType.RSA);

  @TempDir private static Path folder;
  private static Provider token;

  @BeforeAll
  static void makeToken() throws Exception {
    Path tokens = Files.createDirectory(folder.resolve("tokens"));
    Path settings = folder.resolve("softhsm2.conf");
    Files.writeString(settings, "directories.tokendir = " + tokens + "\nlog.level = ERROR\n");
    setEnvironment("SOFTHSM2_CONF", settings.toString());
    // For what a process of its own finds missing, see Tool.
    Tool.run("softhsm2-util", "--version").orFail();
    Tool.run(
            "env",
            "SOFTHSM2_CONF=" + settings,
            "softhsm2-util",
            "--init-token",
            "--free",
            "--label=pingora",
            "--so-pin=5678",
            "--pin=" + PIN)
        .orFail();
    String configuration =
        """
        --name = SoftHsm
        library = %s
        slotListIndex = 0
        attributes(import, CKO_PRIVATE_KEY, *) = {
          CKA_SENSITIVE = true
          CKA_EXTRACTABLE = false
          CKA_SIGN = true
        }
        """
            .formatted(library());
    token = Security.getProvider("SunPKCS11").configure(configuration);
    Security.addProvider(token);
    KeyStore store = store();
    for (KeyType kind : KINDS) {
      CertKey own = TestCertificates.server(kind);
      X509Certificate[] chain = own.chain().toArray(new X509Certificate[0]);
      store.setKeyEntry(kind.name(), own.privateKey(), null, chain);
    }
  }

  @AfterAll
  static void forget() {
    Security.removeProvider(token.getName());
  }

  /// The library is of this process, whose environment the JDK does not change.
  @SuppressWarnings("restricted") // one call of the C library
  private static void setEnvironment(String name, String value) {
    Linker linker = Linker.nativeLinker();
    var function =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("setenv"),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT));
    try (Arena arena = Arena.ofConfined()) {
      assertThat((int) function.invoke(arena.allocateFrom(name), arena.allocateFrom(value), 1))
          .isZero();
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static Path library() {
    return Stream.of("/usr/lib/softhsm", "/usr/lib64/pkcs11", "/usr/local/lib/softhsm")
        .map(place -> Path.of(place, "libsofthsm2.so"))
        .filter(Files::exists)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no libsofthsm2.so: apt-get install softhsm2"));
  }

  private static KeyStore store() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS11", token);
    store.load(null, PIN.toCharArray());
    return store;
  }

  private static PrivateKey key(KeyType kind) throws Exception {
    return (PrivateKey) Objects.requireNonNull(store().getKey(kind.name(), null));
  }

  static List<Arguments> cases() {
    List<Arguments> all = new ArrayList<>();
    for (Arguments provider : OtherEnd.providers()) {
      for (KeyType kind : KINDS) {
        all.add(Arguments.of(provider.get()[0], provider.get()[1], kind));
      }
    }
    return all;
  }

  @ParameterizedTest(name = "{0}, {1}, {2}")
  @MethodSource("cases")
  void servesWithAKeyOfTheToken(TlsProvider provider, TlsVersion version, KeyType kind)
      throws Exception {
    CertKey pair = CertKey.of(TestCertificates.server(kind).chain(), key(kind), "token");
    assertThat(pair.isRemote()).isTrue();
    assertThat(pair.type()).isEqualTo(kind);
    Path root = folder.resolve("root.pem");
    Files.writeString(root, TestCertificates.pem(List.of(TestCertificates.root())));
    OtherEnd.Talk reply =
        end -> {
          String request = "";
          while (!request.contains("\r\n\r\n")) {
            request += new String(end.read(), US_ASCII);
          }
          end.write(
              "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 6\r\n\r\nserved"
                  .getBytes(US_ASCII));
          end.finish();
        };
    String said =
        OtherEnd.serving(
            provider.server(OtherEnd.server(version).withCertificate(pair)),
            1,
            reply,
            port ->
                Tool.run(
                        "curl",
                        "-sS",
                        "--cacert",
                        root.toString(),
                        "--resolve",
                        TestCertificates.NAME + ":" + port + ":127.0.0.1",
                        "https://" + TestCertificates.NAME + ":" + port + "/")
                    .orFail()
                    .out());
    assertThat(said).isEqualTo("served");
  }

  @Test
  void keysOfOtherCertificatesAreTold() throws Exception {
    var chain = TestCertificates.server(KeyType.EC_P256).chain();
    for (KeyType other : List.of(KeyType.EC_P384, KeyType.RSA)) {
      PrivateKey key = key(other);
      assertThatThrownBy(() -> CertKey.of(chain, key, "token"))
          .isInstanceOf(TlsException.class)
          .hasMessage(
              "token: certificate and key do not fit each other: no certificate is for this key");
    }
  }

  @Test
  void aTokenThatIsNotRegisteredCannotSign() throws Exception {
    PrivateKey key = key(KeyType.EC_P256);
    Security.removeProvider(token.getName());
    try {
      assertThatThrownBy(
              () -> CertKey.of(TestCertificates.server(KeyType.EC_P256).chain(), key, "token"))
          .isInstanceOf(TlsException.class)
          .hasMessageStartingWith("token: the key could not sign: ");
    } finally {
      Security.addProvider(token);
    }
  }
}

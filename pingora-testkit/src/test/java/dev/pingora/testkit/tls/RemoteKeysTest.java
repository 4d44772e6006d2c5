// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.tls.CertKey;
import dev.pingora.tls.KeyType;
import dev.pingora.tls.RemoteSigning;
import dev.pingora.tls.TlsException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.ProviderException;
import java.security.Signature;
import java.security.spec.PSSParameterSpec;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// The device, and [RemoteSigning] by it.
final class RemoteKeysTest {
  private static final byte[] MESSAGE = "what was said so far".getBytes(StandardCharsets.US_ASCII);

  private static boolean isRight(CertKey key, String algorithm, byte[] signature) throws Exception {
    Signature verifying = Signature.getInstance(algorithm);
    verifying.initVerify(key.leaf().getPublicKey());
    if (algorithm.equals("RSASSA-PSS")) {
      verifying.setParameter(new PSSParameterSpec("SHA-256", "MGF1", SHA256, 32, 1));
    }
    verifying.update(MESSAGE);
    return verifying.verify(signature);
  }

  private static final java.security.spec.MGF1ParameterSpec SHA256 =
      java.security.spec.MGF1ParameterSpec.SHA256;

  @ParameterizedTest
  @CsvSource({
    "RSA, 0x0401, SHA256withRSA",
    "RSA, 0x0804, RSASSA-PSS",
    "RSA_PSS, 0x0809, RSASSA-PSS",
    "EC_P256, 0x0403, SHA256withECDSA",
    "EC_P384, 0x0403, SHA256withECDSA",
    "EC_P521, 0x0403, SHA256withECDSA",
    "ED25519, 0x0807, Ed25519"
  })
  void theDeviceSignsMessagesAndDigests(KeyType type, int scheme, String algorithm)
      throws Exception {
    try (RemoteKeys device = new RemoteKeys(() -> {})) {
      CertKey kept = device.keep(TestCertificates.server(type));
      assertThat(kept.isRemote()).isTrue();
      assertThat(kept.type()).isEqualTo(type);
      assertThat(device.signatures()).isEqualTo(1);
      assertThat(isRight(kept, algorithm, RemoteSigning.message(kept, scheme, MESSAGE))).isTrue();
      assertThat(device.signatures()).isEqualTo(2);
      if (type != KeyType.ED25519) {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(MESSAGE);
        assertThat(isRight(kept, algorithm, RemoteSigning.digest(kept, scheme, digest))).isTrue();
        assertThat(device.signatures()).isEqualTo(3);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(KeyType.class)
  void keysOfOtherCertificatesAreTold(KeyType type) throws Exception {
    try (RemoteKeys device = new RemoteKeys(() -> {})) {
      PrivateKey key = device.keep(TestCertificates.server(type).privateKey());
      for (KeyType other : KeyType.values()) {
        var chain = TestCertificates.server(other).chain();
        if (other == type) {
          continue;
        }
        assertThatThrownBy(() -> CertKey.of(chain, key, "hsm"))
            .isInstanceOf(TlsException.class)
            .hasMessage(
                "hsm: certificate and key do not fit each other: no certificate is for this key");
      }
    }
  }

  /// Unless the library is one that hashes itself, what a device can do of it is enough.
  @ParameterizedTest
  @CsvSource({
    "RSA, RSA/ECB/NoPadding, true",
    "RSA, RSASSA-PSS, false",
    "RSA, SHA256withRSA, false",
    "RSA_PSS, RSA/ECB/NoPadding, true",
    "RSA_PSS, RSASSA-PSS, false",
    "EC_P256, NONEwithECDSA, true",
    "EC_P256, SHA256withECDSA, false",
    "EC_P384, NONEwithECDSA, true",
    "EC_P384, SHA384withECDSA, false",
    "EC_P521, SHA512withECDSA, false",
    "ED25519, Ed25519, false"
  })
  void devicesThatCanDoLittleAreEnough(KeyType type, String can, boolean digest) throws Exception {
    try (RemoteKeys device = new RemoteKeys(List.of(can))) {
      CertKey kept = device.keep(TestCertificates.server(type));
      assertThat(kept.type()).isEqualTo(type);
      assertThat(RemoteSigning.hasDigest(kept)).isEqualTo(digest);
      assertThat(RemoteSigning.hasMessage(kept)).isEqualTo(!digest && !can.equals("SHA256withRSA"));
    }
  }

  @Test
  void devicesThatCanDoNothingOfUseAreRefused() throws Exception {
    try (RemoteKeys device = new RemoteKeys(List.of("SHA256withECDSA"))) {
      assertThatThrownBy(() -> device.keep(TestCertificates.server(KeyType.EC_P384)))
          .isInstanceOf(TlsException.class)
          .hasMessageStartingWith("test: the key could not sign: ");
    }
  }

  @Test
  void whatTheDeviceThrowsAtLoadIsToldWithThePlace() throws Exception {
    ProviderException fault = new ProviderException("CKR_USER_NOT_LOGGED_IN\nmore");
    Runnable before =
        () -> {
          throw fault;
        };
    try (RemoteKeys device = new RemoteKeys(before)) {
      for (KeyType type : KeyType.values()) {
        assertThatThrownBy(() -> device.keep(TestCertificates.server(type)))
            .isInstanceOfSatisfying(
                TlsException.class,
                e -> assertThat(e.reason()).isEqualTo(TlsException.Reason.CONFIGURATION))
            .hasMessage("test: the key could not sign: CKR_USER_NOT_LOGGED_IN")
            .hasCause(fault);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(KeyType.class)
  void keysAreNotSignedWithOnceTheDeviceIsGone(KeyType type) throws Exception {
    CertKey kept;
    try (RemoteKeys device = new RemoteKeys(() -> {})) {
      kept = device.keep(TestCertificates.server(type));
    }
    int scheme =
        switch (type) {
          case RSA -> 0x0401;
          case RSA_PSS -> 0x0809;
          case EC_P256, EC_P384, EC_P521 -> 0x0403;
          case ED25519 -> 0x0807;
        };
    assertThatThrownBy(() -> RemoteSigning.message(kept, scheme, MESSAGE))
        .isInstanceOf(TlsException.class)
        .hasMessageStartingWith("the key of " + kept + " could not sign: ")
        .hasMessageNotContaining("\n");
  }

  @Test
  void whatTheDeviceThrowsIsToldWithTheCertificate() throws Exception {
    AtomicBoolean broken = new AtomicBoolean();
    Runnable before =
        () -> {
          if (broken.get()) {
            throw new ProviderException("CKR_DEVICE_REMOVED\nmore");
          }
        };
    try (RemoteKeys device = new RemoteKeys(before)) {
      CertKey kept = device.keep(TestCertificates.server());
      broken.set(true);
      assertThatThrownBy(() -> RemoteSigning.message(kept, 0x0403, MESSAGE))
          .isInstanceOfSatisfying(
              TlsException.class,
              e -> assertThat(e.reason()).isEqualTo(TlsException.Reason.INTERNAL))
          .hasMessage("the key of " + kept + " could not sign: CKR_DEVICE_REMOVED");
    }
  }

  @ParameterizedTest
  @CsvSource({"RSA, 0x0401", "RSA, 0x0804", "EC_P256, 0x0403", "ED25519, 0x0807"})
  void signaturesThatAreNoneAreNotPassedOn(KeyType type, int scheme) throws Exception {
    AtomicBoolean broken = new AtomicBoolean();
    for (int length : new int[] {0, 1000}) {
      broken.set(false);
      try (RemoteKeys device =
          new RemoteKeys(() -> {}, made -> broken.get() ? new byte[length] : made)) {
        CertKey kept = device.keep(TestCertificates.server(type));
        broken.set(true);
        assertThatThrownBy(() -> RemoteSigning.message(kept, scheme, MESSAGE))
            .isInstanceOf(TlsException.class)
            .hasMessageEndingWith("could not sign: its signature has " + length + " octets");
      }
    }
  }
}

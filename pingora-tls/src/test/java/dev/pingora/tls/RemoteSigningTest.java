// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Signatures as the JDK verifies them. By keys that can be read: those of a device are asked for
/// in the same words, see the tests of the testkit's `RemoteKeys`.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RemoteSigningTest {
  private static final byte[] MESSAGE = "what was said so far".getBytes(StandardCharsets.US_ASCII);
  private static final int RSA_PKCS1_SHA1 = 0x0201;
  private static final int ECDSA_SHA256 = 0x0403;
  private static final int ED25519 = 0x0807;

  private final Map<KeyType, CertKey> keys = new EnumMap<>(KeyType.class);

  @TempDir private static Path folder;

  @BeforeAll
  void make() throws Exception {
    for (KeyType type : KeyType.values()) {
      String how =
          switch (type) {
            case RSA -> "RSA -pkeyopt rsa_keygen_bits:2048";
            case RSA_PSS -> "RSA-PSS -pkeyopt rsa_keygen_bits:2048";
            case EC_P256 -> "EC -pkeyopt ec_paramgen_curve:P-256";
            case EC_P384 -> "EC -pkeyopt ec_paramgen_curve:P-384";
            case EC_P521 -> "EC -pkeyopt ec_paramgen_curve:P-521";
            case ED25519 -> "ED25519";
          };
      keys.put(type, made(how));
    }
  }

  private static CertKey made(String how) throws Exception {
    OpenSsl.run(folder, ("genpkey -out key.pem -algorithm " + how).split(" "));
    OpenSsl.run(folder, "req -x509 -key key.pem -out cert.pem -days 2 -subj /CN=signs".split(" "));
    return CertKey.fromPem(folder.resolve("cert.pem"), folder.resolve("key.pem"));
  }

  private CertKey key(KeyType type) {
    return java.util.Objects.requireNonNull(keys.get(type));
  }

  private static int code(SignatureScheme scheme) {
    for (int code = 0; code <= 0xffff; code++) {
      if (SignatureScheme.of(code).equals(java.util.Optional.of(scheme))) {
        return code;
      }
    }
    throw new AssertionError(scheme);
  }

  private static boolean isRight(SignatureScheme scheme, PublicKey key, byte[] signature)
      throws Exception {
    Signature verifying = Signature.getInstance(scheme.algorithm());
    verifying.initVerify(key);
    if (scheme.algorithm().equals("RSASSA-PSS")) {
      verifying.setParameter(scheme.pss());
    }
    verifying.update(MESSAGE);
    return verifying.verify(signature);
  }

  private static byte[] hash(SignatureScheme scheme) throws Exception {
    return MessageDigest.getInstance(scheme.hash().jca()).digest(MESSAGE);
  }

  @ParameterizedTest
  @EnumSource(SignatureScheme.class)
  void messagesAreSignedByTheKeysThatFitAndByNoOthers(SignatureScheme scheme) throws Exception {
    for (KeyType type : KeyType.values()) {
      if (scheme.fits(type)) {
        byte[] signature = RemoteSigning.message(key(type), code(scheme), MESSAGE);
        assertThat(isRight(scheme, key(type).leaf().getPublicKey(), signature)).isTrue();
      } else {
        assertRefused(type, () -> RemoteSigning.message(key(type), code(scheme), MESSAGE));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(value = SignatureScheme.class, mode = EnumSource.Mode.EXCLUDE, names = "ED25519")
  void digestsAreSignedByTheKeysThatFitAndByNoOthers(SignatureScheme scheme) throws Exception {
    for (KeyType type : KeyType.values()) {
      if (type == KeyType.RSA_PSS && scheme.fits(type)) {
        continue; // the JDK has no bare operation for those that can be read
      }
      if (scheme.fits(type)) {
        byte[] signature = RemoteSigning.digest(key(type), code(scheme), hash(scheme));
        assertThat(isRight(scheme, key(type).leaf().getPublicKey(), signature)).isTrue();
      } else {
        assertRefused(type, () -> RemoteSigning.digest(key(type), code(scheme), hash(scheme)));
      }
    }
  }

  private void assertRefused(
      KeyType type, org.assertj.core.api.ThrowableAssert.ThrowingCallable what) {
    assertThatThrownBy(what)
        .isInstanceOfSatisfying(
            TlsException.class, e -> assertThat(e.reason()).isEqualTo(TlsException.Reason.INTERNAL))
        .hasMessageStartingWith("the key of " + key(type) + " could not sign: it is not for ")
        .hasMessageContaining("CN=signs");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, RSA_PKCS1_SHA1, 0x0203, 0x0808, 0xffff, -1, Integer.MAX_VALUE})
  void schemesThatNobodyShouldUseAreRefused(int scheme) {
    for (KeyType type : KeyType.values()) {
      assertRefused(type, () -> RemoteSigning.message(key(type), scheme, MESSAGE));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 31, 33, 48})
  void digestsOfAnotherLengthAreRefused(int length) {
    assertThatThrownBy(
            () -> RemoteSigning.digest(key(KeyType.EC_P256), ECDSA_SHA256, new byte[length]))
        .isInstanceOf(TlsException.class)
        .hasMessageContaining("a digest of " + length + " octets for ECDSA_SECP256R1_SHA256");
  }

  @Test
  void ed25519SignsNoDigests() {
    assertThatThrownBy(() -> RemoteSigning.digest(key(KeyType.ED25519), ED25519, new byte[64]))
        .isInstanceOf(TlsException.class)
        .hasMessageContaining("could not sign: Ed25519 signs messages, not digests");
  }

  @Test
  void theBareOperationIsThatOfRsa() throws Exception {
    CertKey key = key(KeyType.RSA);
    byte[] block = new byte[256];
    block[255] = 7;
    byte[] result = RemoteSigning.raw(key, block);
    assertThat(result).hasSize(256);
    RSAPublicKey open = (RSAPublicKey) key.leaf().getPublicKey();
    assertThat(new BigInteger(1, result).modPow(open.getPublicExponent(), open.getModulus()))
        .isEqualTo(7);
    for (int length : new int[] {0, 255, 257}) {
      assertThatThrownBy(() -> RemoteSigning.raw(key, new byte[length]))
          .isInstanceOf(TlsException.class)
          .hasMessageContaining("a block of " + length + " octets for 256");
    }
    byte[] huge = new byte[256];
    java.util.Arrays.fill(huge, (byte) 0xff); // more than the modulus
    assertThatThrownBy(() -> RemoteSigning.raw(key, huge)).isInstanceOf(TlsException.class);
    assertThatThrownBy(() -> RemoteSigning.raw(key(KeyType.EC_P256), block))
        .isInstanceOf(TlsException.class)
        .hasMessageContaining("it is no RSA key");
  }

  /// A modulus of 8n + 1 bits, and others that are no multiple of 8.
  @ParameterizedTest
  @ValueSource(ints = {1024, 1025, 1030, 1031, 2047})
  void paddingFitsModuliOfAnyLength(int bits) throws Exception {
    CertKey key = made("RSA -pkeyopt rsa_keygen_bits:" + bits);
    for (SignatureScheme scheme : SignatureScheme.values()) {
      if (!scheme.fits(KeyType.RSA)) {
        continue;
      }
      if (bits < 1040 && scheme == SignatureScheme.RSA_PSS_RSAE_SHA512) {
        // RFC 8017 §9.1.1: 64 octets of digest, 64 of salt and 2 more do not go in.
        assertThatThrownBy(() -> RemoteSigning.digest(key, code(scheme), hash(scheme)))
            .hasMessageContaining("it is too short for this signature");
        continue;
      }
      byte[] signature = RemoteSigning.digest(key, code(scheme), hash(scheme));
      assertThat(isRight(scheme, key.leaf().getPublicKey(), signature)).as("%s", scheme).isTrue();
    }
  }

  /// What OpenSSL makes of RSA blocks, so that not the JDK alone agrees.
  @Test
  void pkcs1BlocksAreThoseOfTheRfc() throws Exception {
    byte[] info = SignatureScheme.Hash.SHA_256.digestInfo(new byte[32]);
    assertThat(info).hasSize(51);
    byte[] block = RsaBlocks.pkcs1(info, 62);
    assertThat(block)
        .startsWith(0, 1, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0x30, 0x31)
        .hasSize(62);
    assertThatThrownBy(() -> RsaBlocks.pkcs1(info, 61))
        .isInstanceOf(java.security.InvalidKeyException.class);
  }
}

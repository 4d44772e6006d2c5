// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.RSAKey;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.NoSuchPaddingException;
import org.jspecify.annotations.Nullable;

/// Signs for TLS with a key that only its security provider can use ([CertKey#isRemote]).
///
/// What the provider has to know depends on what the TLS library hands over. It has to be
/// registered ([java.security.Security#addProvider]): the key finds it.
///
/// | of the library | EC P-256, P-384, P-521 | RSA, PKCS #1 | RSA, PSS | Ed25519 |
/// |---|---|---|---|---|
/// | message | `SHA256`, `384`, `512withECDSA` | `SHA256…512withRSA` | `RSASSA-PSS` | `Ed25519` |
/// | digest | `NONEwithECDSA` | `NONEwithRSA`, or raw | raw | – |
/// | [#raw] | – | raw | raw | – |
///
/// Raw is the cipher `RSA/ECB/NoPadding`. [#message] hashes itself where the provider of the key
/// does not, so what is in either of the first two lines is enough for it; [#digest] cannot.
///
/// | TLS library | hands over | so it takes |
/// |---|---|---|
/// | BoringSSL, rustls | messages to [#message] | either line |
/// | OpenSSL, s2n | digests, OpenSSL blocks of RSA | the second line; raw for RSA |
/// | the JDK | messages, not by this class | the first line, see [#hasMessage] |
///
/// TLS 1.3 signs by PSS with RSA keys, and by the hash as long as the curve with EC keys; TLS 1.2
/// by whatever the peer puts first. A provider is found lacking when a context is made.
///
/// All of them block for as long as the provider does, and are for any thread. Whatever a provider
/// throws, but for errors of the JVM itself, becomes one [TlsException] that names the certificate.
/// A signature is checked for its length alone: that it is right is for the peer to find out.
public final class RemoteSigning {
  private static final String RAW = "RSA/ECB/NoPadding";

  private static final int ED25519_OCTETS = 64;

  private static final byte[] PROBE = {1, 2, 3, 4};

  private RemoteSigning() {}

  /// {@return a signature of a message} In DER where it is one by ECDSA (RFC 8446 §4.2.3).
  ///
  /// @param scheme code of a signature scheme (IANA "TLS SignatureScheme")
  /// @param message is hashed here, or by the provider of the key
  /// @throws TlsException INTERNAL when the key is for no such signatures, or did not sign
  public static byte[] message(CertKey key, int scheme, byte[] message) throws TlsException {
    return signed(key, () -> whole(key, fitting(key, scheme), message));
  }

  /// {@return a signature of what the library has hashed already}
  ///
  /// @param scheme as of [#message], but for Ed25519, which hashes in a way of its own
  /// @param digest by the hash of the scheme
  /// @throws TlsException INTERNAL when the key is for no such signatures, or did not sign
  public static byte[] digest(CertKey key, int scheme, byte[] digest) throws TlsException {
    return signed(key, () -> hashed(key, fitting(key, scheme), digest));
  }

  /// {@return what the private operation of RSA makes of a block, as long as the modulus}
  ///
  /// @param block padded already, as long as the modulus
  /// @throws TlsException INTERNAL when it is no RSA key, or did not do it
  public static byte[] raw(CertKey key, byte[] block) throws TlsException {
    return signed(key, () -> operated(key, block));
  }

  /// {@return whether the provider of a key says that it can do [#raw]} Does nothing with the key.
  public static boolean hasRaw(CertKey key) {
    return begins(() -> cipher(key.privateKey()));
  }

  /// {@return whether the provider of a key says that it can do [#digest], by each scheme for keys
  /// of this type} Does nothing with the key.
  public static boolean hasDigest(CertKey key) {
    return switch (key.type()) {
      case RSA, RSA_PSS -> hasRaw(key);
      case EC_P256, EC_P384, EC_P521 -> begins(() -> signature("NONEwithECDSA", key));
      case ED25519 -> false;
    };
  }

  /// {@return whether the provider of a key says that it signs whole messages as TLS 1.3 does, and
  /// hashes them itself} Does nothing with the key.
  public static boolean hasMessage(CertKey key) {
    return begins(() -> signature(schemes(key.type()).getFirst().algorithm(), key));
  }

  private interface Beginning {
    Object begin() throws GeneralSecurityException;
  }

  @SuppressWarnings("PMD.AvoidCatchingGenericException") // such as ProviderException
  private static boolean begins(Beginning beginning) {
    try {
      Object _ = beginning.begin();
      return true;
    } catch (GeneralSecurityException | RuntimeException | LinkageError e) {
      return false;
    }
  }

  private static Signature signature(String algorithm, CertKey key)
      throws GeneralSecurityException {
    Signature signature = Signature.getInstance(algorithm);
    // The key first: it is what finds the provider, and parameters would settle for another.
    signature.initSign(key.privateKey());
    return signature;
  }

  /// {@return what keys sign by, those of TLS 1.3 first}
  private static List<SignatureScheme> schemes(KeyType type) {
    return switch (type) {
      case RSA -> List.of(SignatureScheme.RSA_PSS_RSAE_SHA256, SignatureScheme.RSA_PKCS1_SHA256);
      case RSA_PSS -> List.of(SignatureScheme.RSA_PSS_PSS_SHA256);
      case EC_P256 -> List.of(SignatureScheme.ECDSA_SECP256R1_SHA256);
      case EC_P384 -> List.of(SignatureScheme.ECDSA_SECP384R1_SHA384);
      case EC_P521 -> List.of(SignatureScheme.ECDSA_SECP521R1_SHA512);
      case ED25519 -> List.of(SignatureScheme.ED25519);
    };
  }

  /// Whether a key has shown to be that of its certificate.
  ///
  /// @param failure why it did not sign; null when it did
  record Proof(boolean given, @Nullable Throwable failure) {}

  /// {@return whether the key is that of the certificate} It signs once, by the first scheme that
  /// it is able to.
  @SuppressWarnings("PMD.AvoidCatchingGenericException") // such as ProviderException
  static Proof proof(CertKey key) {
    @Nullable Throwable failure = null;
    for (SignatureScheme scheme : schemes(key.type())) {
      try {
        byte[] signature = whole(key, scheme, PROBE);
        return new Proof(begins(() -> verified(key, scheme, signature)), null);
      } catch (GeneralSecurityException | RuntimeException | LinkageError e) {
        failure = failure == null ? e : failure;
      }
    }
    return new Proof(false, failure);
  }

  /// By another provider: what keeps a key may be unable to verify.
  private static Signature verified(CertKey key, SignatureScheme scheme, byte[] signature)
      throws GeneralSecurityException {
    Signature verifying = Signature.getInstance(scheme.algorithm());
    verifying.initVerify(key.leaf().getPublicKey());
    if (scheme.isPss()) {
      verifying.setParameter(scheme.pss());
    }
    verifying.update(PROBE);
    if (!verifying.verify(signature)) {
      throw new SignatureException("of another key");
    }
    return verifying;
  }

  /// What a provider does.
  private interface Signing {
    byte[] sign() throws GeneralSecurityException;
  }

  @SuppressWarnings("PMD.AvoidCatchingGenericException") // such as ProviderException
  private static byte[] signed(CertKey key, Signing signing) throws TlsException {
    try {
      byte[] signature = signing.sign();
      checkLength(key, signature);
      return signature;
    } catch (GeneralSecurityException | RuntimeException | LinkageError e) {
      throw TlsException.of(
          TlsException.Reason.INTERNAL, "the key of " + key + " could not sign: " + why(e), e);
    }
  }

  /// {@return what an exception says, in one line}
  static String why(Throwable e) {
    String message = e.getMessage();
    return message == null || message.isBlank()
        ? e.getClass().getSimpleName()
        : message.strip().lines().findFirst().orElse("");
  }

  private static SignatureScheme fitting(CertKey key, int code) throws InvalidKeyException {
    return SignatureScheme.of(code)
        .filter(scheme -> scheme.fits(key.type()))
        .orElseThrow(
            () -> new InvalidKeyException("it is not for signature scheme 0x%04x".formatted(code)));
  }

  private static void checkLength(CertKey key, byte[] signature) throws GeneralSecurityException {
    int length = signature.length; // of a provider that gives null: caught as any other fault
    boolean right =
        switch (key.type()) {
          case RSA, RSA_PSS -> length == octets(modulusBits(key));
          // A SEQUENCE of two INTEGERs, with a zero before each whose highest bit is set (RFC 3279
          // §2.2.3). No more: native code has no room for it.
          case EC_P256 -> length > 0 && length <= 2 + 2 * (3 + 32);
          case EC_P384 -> length > 0 && length <= 2 + 2 * (3 + 48);
          case EC_P521 -> length > 0 && length <= 3 + 2 * (2 + 66);
          case ED25519 -> length == ED25519_OCTETS;
        };
    if (!right) {
      throw new GeneralSecurityException("its signature has " + length + " octets");
    }
  }

  private static byte[] whole(CertKey key, SignatureScheme scheme, byte[] message)
      throws GeneralSecurityException {
    Signature signature;
    try {
      signature = signature(scheme.algorithm(), key);
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      if (scheme.family() == SignatureScheme.Family.EDDSA) {
        throw e;
      }
      // A device that leaves hashes to others, or is from before PSS.
      return hashed(key, scheme, RsaBlocks.digest(scheme.hash()).digest(message));
    }
    if (scheme.isPss()) {
      signature.setParameter(scheme.pss());
    }
    return sign(signature, message);
  }

  private static byte[] sign(Signature signature, byte[] content) throws GeneralSecurityException {
    signature.update(content);
    return signature.sign();
  }

  private static byte[] hashed(CertKey key, SignatureScheme scheme, byte[] digest)
      throws GeneralSecurityException {
    if (digest.length != scheme.hash().octets()) {
      throw new GeneralSecurityException("a digest of " + digest.length + " octets for " + scheme);
    }
    return switch (scheme.family()) {
      case ECDSA -> sign(signature("NONEwithECDSA", key), digest);
      case PKCS1 -> hashedPkcs1(key, scheme.hash().digestInfo(digest));
      case PSS_RSAE, PSS_PSS -> operated(key, pssBlock(key, scheme, digest));
      case EDDSA -> throw new InvalidKeyException("Ed25519 signs messages, not digests");
    };
  }

  private static byte[] hashedPkcs1(CertKey key, byte[] info) throws GeneralSecurityException {
    Signature signature;
    try {
      signature = signature("NONEwithRSA", key);
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      return operated(key, RsaBlocks.pkcs1(info, octets(modulusBits(key))));
    }
    return sign(signature, info);
  }

  private static byte[] pssBlock(CertKey key, SignatureScheme scheme, byte[] digest)
      throws GeneralSecurityException {
    byte[] salt = new byte[scheme.hash().octets()];
    new SecureRandom().nextBytes(salt);
    return RsaBlocks.pss(RsaBlocks.digest(scheme.hash()), digest, salt, modulusBits(key));
  }

  private static byte[] operated(CertKey key, byte[] block) throws GeneralSecurityException {
    int octets = octets(modulusBits(key));
    if (block.length != octets) {
      throw new InvalidKeyException("a block of " + block.length + " octets for " + octets);
    }
    byte[] result = cipher(key.privateKey()).doFinal(block);
    if (result.length >= octets) {
      return result;
    }
    byte[] padded = new byte[octets]; // some leave zeros at the front out
    System.arraycopy(result, 0, padded, octets - result.length, result.length);
    return padded;
  }

  /// {@return the private operation} To encrypt with a private key is to sign, which is what PKCS
  /// #11 tokens allow signing keys to do; others know the operation as decryption only.
  private static Cipher cipher(PrivateKey key)
      throws NoSuchAlgorithmException, NoSuchPaddingException, InvalidKeyException {
    try {
      Cipher cipher = Cipher.getInstance(RAW);
      cipher.init(Cipher.ENCRYPT_MODE, key);
      return cipher;
    } catch (InvalidKeyException e) {
      Cipher cipher = Cipher.getInstance(RAW);
      cipher.init(Cipher.DECRYPT_MODE, key);
      return cipher;
    }
  }

  /// {@return bits of the modulus} Of the certificate, since the key need not say.
  private static int modulusBits(CertKey key) throws InvalidKeyException {
    if (key.leaf().getPublicKey() instanceof RSAKey rsa) {
      return rsa.getModulus().bitLength();
    }
    throw new InvalidKeyException("it is no RSA key");
  }

  private static int octets(int bits) {
    return (bits + 7) / 8;
  }
}

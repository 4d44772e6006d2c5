// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.RSAKey;
import javax.crypto.Cipher;
import javax.crypto.NoSuchPaddingException;

/// Signs for TLS with a key that only its security provider can use ([CertKey#isRemote]).
///
/// What the provider has to know depends on what the TLS library hands over:
///
/// | of the library | EC | RSA, PKCS #1 | RSA, PSS | Ed25519 |
/// |---|---|---|---|---|
/// | [#message] | `SHA256withECDSA` … | `SHA256withRSA` … | `RSASSA-PSS`, or raw | `Ed25519` |
/// | [#digest] | `NONEwithECDSA` | `NONEwithRSA`, or raw | raw | – |
/// | [#raw] | – | raw | raw | – |
///
/// Raw is the cipher `RSA/ECB/NoPadding`.
///
/// All of them block for as long as the provider does, and are for any thread. Whatever a provider
/// throws, but for errors of the JVM itself, becomes one [TlsException] that names the certificate.
/// A signature is checked for its length alone: that it is right is for the peer to find out.
public final class RemoteSigning {
  private static final String RAW = "RSA/ECB/NoPadding";

  private static final int ED25519_OCTETS = 64;

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
  @SuppressWarnings("PMD.AvoidCatchingGenericException") // such as ProviderException
  public static boolean hasRaw(CertKey key) {
    try {
      Cipher _ = cipher(key.privateKey());
      return true;
    } catch (GeneralSecurityException | RuntimeException | LinkageError e) {
      return false;
    }
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
  private static String why(Throwable e) {
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
    return switch (scheme.family()) {
      case PKCS1, ECDSA, EDDSA -> {
        Signature signature = Signature.getInstance(scheme.algorithm());
        signature.initSign(key.privateKey());
        yield sign(signature, message);
      }
      case PSS_RSAE, PSS_PSS -> wholePss(key, scheme, message);
    };
  }

  private static byte[] wholePss(CertKey key, SignatureScheme scheme, byte[] message)
      throws GeneralSecurityException {
    Signature signature;
    try {
      signature = Signature.getInstance(scheme.algorithm());
      // The key first: it is what finds the provider, and parameters would settle for another.
      signature.initSign(key.privateKey());
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      // A device from before PSS, which can be done with the bare operation.
      return operated(key, pssBlock(key, scheme, RsaBlocks.digest(scheme.hash()).digest(message)));
    }
    signature.setParameter(scheme.pss());
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
      case ECDSA -> {
        Signature signature = Signature.getInstance("NONEwithECDSA");
        signature.initSign(key.privateKey());
        yield sign(signature, digest);
      }
      case PKCS1 -> hashedPkcs1(key, scheme.hash().digestInfo(digest));
      case PSS_RSAE, PSS_PSS -> operated(key, pssBlock(key, scheme, digest));
      case EDDSA -> throw new InvalidKeyException("Ed25519 signs messages, not digests");
    };
  }

  private static byte[] hashedPkcs1(CertKey key, byte[] info) throws GeneralSecurityException {
    Signature signature;
    try {
      signature = Signature.getInstance("NONEwithRSA");
      signature.initSign(key.privateKey());
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

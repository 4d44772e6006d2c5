// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import java.nio.ByteBuffer;
import java.security.AsymmetricKey;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.EdECKey;
import java.security.interfaces.RSAKey;
import java.security.spec.ECParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/// Reads the private key of a PEM text, whichever way it was written: PKCS #8 (RFC 5958), also
/// encrypted, PKCS #1 (RFC 8017), SEC 1 (RFC 5915).
final class PrivateKeyFile {
  private static final byte[] RSA_OID = hex("06092a864886f70d010101");
  private static final byte[] EC_OID = hex("06072a8648ce3d0201");
  private static final int SEC1_PARAMETERS = 0xa0;

  private PrivateKeyFile() {}

  /// {@return the key}
  ///
  /// @param source how messages call the text: a file
  /// @param password of an encrypted key, null for none
  /// @throws TlsException CONFIGURATION, naming source and line
  static PrivateKey read(String pem, String source, char @Nullable [] password)
      throws TlsException {
    List<PemBlock> keys =
        PemBlock.read(pem, source).stream()
            .filter(block -> block.label().endsWith("PRIVATE KEY"))
            .toList();
    if (keys.size() != 1) {
      throw bad(source + ": " + keys.size() + " private keys (expected: one)");
    }
    PemBlock block = keys.getFirst();
    try {
      return key(block, password);
    } catch (GeneralSecurityException | java.io.IOException | IllegalArgumentException e) {
      throw TlsException.of(
          TlsException.Reason.CONFIGURATION,
          source + ":" + block.line() + ": not a usable " + block.label() + ": " + e.getMessage(),
          e);
    }
  }

  private static PrivateKey key(PemBlock block, char @Nullable [] password)
      throws GeneralSecurityException, java.io.IOException {
    return switch (block.label()) {
      case "PRIVATE KEY" -> ofPkcs8(block.content());
      case "RSA PRIVATE KEY" -> ofPkcs8(pkcs8(RSA_OID, Der.of(Der.NULL), block.content()));
      case "EC PRIVATE KEY" -> ofPkcs8(pkcs8(EC_OID, curve(block.content()), block.content()));
      case "ENCRYPTED PRIVATE KEY" -> ofPkcs8(decrypted(block.content(), password));
      default -> throw new GeneralSecurityException("unknown form (expected: PRIVATE KEY)");
    };
  }

  private static byte[] decrypted(byte[] content, char @Nullable [] password)
      throws GeneralSecurityException, java.io.IOException {
    if (password == null) {
      throw new GeneralSecurityException(
          "it is encrypted, and there is no password (" + PemBlock.PLAIN + ")");
    }
    EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(content);
    PBEKeySpec spec = new PBEKeySpec(password);
    try {
      // PBES2 is named by its parameters (RFC 8018), the older schemes by themselves.
      String scheme =
          info.getAlgName().equals("PBES2")
              ? info.getAlgParameters().toString()
              : info.getAlgName();
      SecretKey key = SecretKeyFactory.getInstance(scheme).generateSecret(spec);
      return info.getKeySpec(key).getEncoded();
    } finally {
      spec.clearPassword();
    }
  }

  /// `PrivateKeyInfo ::= SEQUENCE { version, algorithm, privateKey OCTET STRING }`
  private static byte[] pkcs8(byte[] algorithm, byte[] parameters, byte[] key) {
    return Der.of(
        Der.SEQUENCE,
        Der.of(Der.INTEGER, new byte[] {0}),
        Der.of(Der.SEQUENCE, algorithm, parameters),
        Der.of(Der.OCTET_STRING, key));
  }

  /// `ECPrivateKey ::= SEQUENCE { version, privateKey, parameters [0], publicKey [1] }`
  private static byte[] curve(byte[] sec1) throws GeneralSecurityException {
    ByteBuffer key = Der.next(ByteBuffer.wrap(sec1), Der.SEQUENCE);
    if (key == null || Der.next(key, Der.INTEGER) == null) {
      throw new GeneralSecurityException("no ECPrivateKey (RFC 5915)");
    }
    Der.next(key, Der.OCTET_STRING);
    ByteBuffer parameters = Der.next(key, SEC1_PARAMETERS);
    if (parameters == null) {
      throw new GeneralSecurityException("the curve is not named");
    }
    byte[] curve = new byte[parameters.remaining()];
    parameters.get(curve);
    return curve;
  }

  private static PrivateKey ofPkcs8(byte[] encoded) throws GeneralSecurityException {
    PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(encoded);
    GeneralSecurityException last = null;
    for (String algorithm : List.of("RSA", "EC", "Ed25519", "RSASSA-PSS")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(spec);
      } catch (GeneralSecurityException e) {
        last = e;
      }
    }
    throw new GeneralSecurityException(
        "neither RSA, EC nor Ed25519" + (last == null ? "" : ": " + last.getMessage()));
  }

  /// {@return what kind of key it is, that can be read or is a public one}
  ///
  /// @throws TlsException CONFIGURATION for kinds that TLS has no use for
  static KeyType type(Key key) throws TlsException {
    KeyType type = known(key);
    if (type == null) {
      throw unusable(key);
    }
    return type;
  }

  private static @Nullable KeyType known(Key key) {
    if (key instanceof EdECKey ed) {
      return "Ed25519".equals(ed.getParams().getName()) ? KeyType.ED25519 : null;
    }
    return switch (key.getAlgorithm()) {
      case "RSA" -> KeyType.RSA;
      case "RSASSA-PSS" -> KeyType.RSA_PSS;
      case "EC", "ECDSA" ->
          switch (orderBits(key)) {
            case 256 -> KeyType.EC_P256;
            case 384 -> KeyType.EC_P384;
            case 521 -> KeyType.EC_P521;
            default -> null;
          };
      default -> null;
    };
  }

  /// Refuses kinds of keys that TLS has no use for.
  ///
  /// @param key may be kept elsewhere, and then tell no more than its algorithm
  /// @throws TlsException CONFIGURATION
  static void requireUsable(PrivateKey key) throws TlsException {
    boolean telling = key.getEncoded() != null || orderBits(key) > 0;
    boolean usable =
        telling
            ? known(key) != null
            : switch (key.getAlgorithm()) {
              case "RSA", "RSASSA-PSS", "EC", "ECDSA", "EdDSA", "Ed25519" -> true;
              default -> false;
            };
    if (!usable) {
      throw unusable(key);
    }
  }

  /// {@return whether two keys may be one pair, by what they tell} Keys that are kept elsewhere
  /// need not tell their curve or modulus, and devices do not mark RSA keys as for PSS only.
  static boolean alike(PublicKey shown, PrivateKey key) {
    KeyType type = known(shown);
    if (type == null) {
      return false;
    }
    String algorithm = key.getAlgorithm();
    return switch (type) {
      case RSA -> algorithm.equals("RSA") && sameModulus(shown, key);
      case RSA_PSS ->
          (algorithm.equals("RSASSA-PSS") || (key.getEncoded() == null && algorithm.equals("RSA")))
              && sameModulus(shown, key);
      case EC_P256, EC_P384, EC_P521 ->
          (algorithm.equals("EC") || algorithm.equals("ECDSA"))
              && (orderBits(key) == 0 || known(key) == type);
      case ED25519 -> algorithm.equals("EdDSA") || algorithm.equals("Ed25519");
    };
  }

  private static boolean sameModulus(PublicKey shown, PrivateKey key) {
    return !(shown instanceof RSAKey one && key instanceof RSAKey other)
        || one.getModulus().equals(other.getModulus());
  }

  /// {@return bits of the order of a curve; 0 when the key does not tell}
  private static int orderBits(Key key) {
    ECParameterSpec curve = curve(key);
    return curve == null ? 0 : curve.getOrder().bitLength();
  }

  /// {@return the curve} A key of the JDK's PKCS #11 provider that cannot be read is no `ECKey`.
  private static @Nullable ECParameterSpec curve(Key key) {
    return key instanceof AsymmetricKey asymmetric
            && asymmetric.getParams() instanceof ECParameterSpec curve
        ? curve
        : null;
  }

  private static TlsException unusable(Key key) {
    int bits = orderBits(key);
    return bad(
        "a key of algorithm "
            + key.getAlgorithm()
            + (bits == 0 ? "" : " on a curve of " + bits + " bits")
            + " (expected: RSA, EC P-256, P-384, P-521, Ed25519)");
  }

  private static TlsException bad(String what) {
    return TlsException.of(TlsException.Reason.CONFIGURATION, what);
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }
}

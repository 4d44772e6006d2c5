// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/// Blocks that the private operation of RSA turns into signatures (RFC 8017 §9). They hold nothing
/// secret: each is what anybody gets who opens the signature with the public key.
final class RsaBlocks {
  /// RFC 8017 §9.2: at least so many octets of 0xff.
  private static final int LEAST_PADDING = 8;

  /// RFC 8017 §9.1.1: zeros before the digest and the salt.
  private static final int ZEROS = 8;

  private static final byte TRAILER = (byte) 0xbc;

  private RsaBlocks() {}

  /// {@return EMSA-PKCS1-v1_5 (RFC 8017 §9.2)}
  ///
  /// @param content a DigestInfo, or what takes its place
  /// @param octets those of the modulus
  /// @throws InvalidKeyException when the key is too short for it
  static byte[] pkcs1(byte[] content, int octets) throws InvalidKeyException {
    int padding = octets - content.length - 3;
    if (padding < LEAST_PADDING) {
      throw tooShort();
    }
    byte[] block = new byte[octets];
    block[1] = 1;
    Arrays.fill(block, 2, 2 + padding, (byte) 0xff);
    System.arraycopy(content, 0, block, octets - content.length, content.length);
    return block;
  }

  /// {@return EMSA-PSS (RFC 8017 §9.1.1), as long as the modulus}
  ///
  /// @param salt random octets
  /// @param bits of the modulus
  /// @throws InvalidKeyException when the key is too short for it
  static byte[] pss(MessageDigest hash, byte[] digest, byte[] salt, int bits)
      throws InvalidKeyException {
    int encodedBits = bits - 1;
    int length = (encodedBits + 7) / 8;
    int maskLength = length - digest.length - 1;
    if (maskLength < salt.length + 2) {
      throw tooShort();
    }
    hash.reset();
    hash.update(new byte[ZEROS]);
    hash.update(digest);
    byte[] seed = hash.digest(salt);
    byte[] masked = mask(hash, seed, maskLength);
    // What is masked: zeros, 1, salt.
    masked[maskLength - salt.length - 1] ^= 1;
    for (int i = 0; i < salt.length; i++) {
      masked[maskLength - salt.length + i] ^= salt[i];
    }
    masked[0] &= (byte) (0xff >>> (8 * length - encodedBits));
    // A modulus of 8n + 1 bits is an octet longer than what is encoded (RFC 8017 §8.1.1, 2b).
    byte[] block = new byte[(bits + 7) / 8];
    int at = block.length - length;
    System.arraycopy(masked, 0, block, at, maskLength);
    System.arraycopy(seed, 0, block, at + maskLength, seed.length);
    block[block.length - 1] = TRAILER;
    return block;
  }

  /// {@return MGF1 (RFC 8017, appendix B.2.1)}
  private static byte[] mask(MessageDigest hash, byte[] seed, int length) {
    byte[] mask = new byte[length];
    int at = 0;
    for (int counter = 0; at < length; counter++) {
      hash.update(seed);
      // Big-endian, in four octets; never more than 2^8 rounds for keys that there are.
      byte[] part = hash.digest(new byte[] {0, 0, (byte) (counter >>> 8), (byte) counter});
      int taken = Math.min(part.length, length - at);
      System.arraycopy(part, 0, mask, at, taken);
      at += taken;
    }
    return mask;
  }

  private static InvalidKeyException tooShort() {
    return new InvalidKeyException("it is too short for this signature");
  }

  static MessageDigest digest(SignatureScheme.Hash hash) throws NoSuchAlgorithmException {
    return MessageDigest.getInstance(hash.jca());
  }
}

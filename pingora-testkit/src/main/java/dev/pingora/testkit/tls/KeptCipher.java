// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit.tls;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.AlgorithmParameterSpec;
import java.util.function.UnaryOperator;
import javax.crypto.CipherSpi;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.NoSuchPaddingException;
import javax.crypto.ShortBufferException;
import org.jspecify.annotations.Nullable;

/// The bare private operation of RSA, as the device of [RemoteKeys] does it.
final class KeptCipher extends CipherSpi {
  private final Runnable before;
  private final UnaryOperator<byte[]> after;
  private final ByteArrayOutputStream block = new ByteArrayOutputStream();
  private @Nullable RSAPrivateKey own;

  KeptCipher(Runnable before, UnaryOperator<byte[]> after) {
    this.before = before;
    this.after = after;
  }

  @Override
  protected void engineSetMode(String mode) throws NoSuchAlgorithmException {
    throw new NoSuchAlgorithmException(mode);
  }

  @Override
  protected void engineSetPadding(String padding) throws NoSuchPaddingException {
    throw new NoSuchPaddingException(padding);
  }

  @Override
  protected int engineGetBlockSize() {
    return 0;
  }

  @Override
  protected int engineGetOutputSize(int inputLength) {
    RSAPrivateKey key = own;
    return key == null ? 0 : octets(key);
  }

  private static int octets(RSAPrivateKey key) {
    return (key.getModulus().bitLength() + 7) / 8;
  }

  @Override
  @SuppressWarnings("PMD.ReturnEmptyCollectionRatherThanNull") // says that there is none
  protected byte @Nullable [] engineGetIV() {
    return null;
  }

  @Override
  protected @Nullable AlgorithmParameters engineGetParameters() {
    return null;
  }

  @Override
  protected void engineInit(int mode, Key key, @Nullable SecureRandom random)
      throws InvalidKeyException {
    if (!(key instanceof RemoteKeys.Kept kept) || !(kept.secret() instanceof RSAPrivateKey rsa)) {
      throw new InvalidKeyException("not a key of this device");
    }
    own = rsa;
  }

  @Override
  protected void engineInit(
      int mode, Key key, @Nullable AlgorithmParameterSpec spec, @Nullable SecureRandom random)
      throws InvalidKeyException {
    engineInit(mode, key, random);
  }

  @Override
  protected void engineInit(
      int mode, Key key, @Nullable AlgorithmParameters parameters, @Nullable SecureRandom random)
      throws InvalidKeyException {
    engineInit(mode, key, random);
  }

  @Override
  protected byte[] engineUpdate(byte[] input, int offset, int length) {
    block.write(input, offset, length);
    return new byte[0];
  }

  @Override
  protected int engineUpdate(
      byte[] input, int offset, int length, byte[] output, int outputOffset) {
    block.write(input, offset, length);
    return 0;
  }

  @Override
  protected byte[] engineDoFinal(byte @Nullable [] input, int offset, int length)
      throws IllegalBlockSizeException {
    RSAPrivateKey key = own;
    if (key == null) {
      throw new IllegalStateException("not initialised");
    }
    before.run();
    if (input != null) {
      block.write(input, offset, length);
    }
    byte[] content = block.toByteArray();
    block.reset();
    BigInteger number = new BigInteger(1, content);
    if (number.compareTo(key.getModulus()) >= 0) {
      throw new IllegalBlockSizeException("a block larger than the modulus");
    }
    byte[] result = number.modPow(key.getPrivateExponent(), key.getModulus()).toByteArray();
    byte[] all = new byte[octets(key)];
    int taken = Math.min(result.length, all.length); // without the octet of the sign
    System.arraycopy(result, result.length - taken, all, all.length - taken, taken);
    return after.apply(all);
  }

  @Override
  protected int engineDoFinal(byte[] input, int offset, int length, byte[] output, int outputOffset)
      throws IllegalBlockSizeException, ShortBufferException {
    byte[] result = engineDoFinal(input, offset, length);
    if (output.length - outputOffset < result.length) {
      throw new ShortBufferException();
    }
    System.arraycopy(result, 0, output, outputOffset, result.length);
    return result.length;
  }
}

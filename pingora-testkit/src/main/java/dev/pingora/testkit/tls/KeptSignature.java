// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit.tls;

import static java.util.Objects.requireNonNull;

import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.SignatureSpi;
import java.security.spec.AlgorithmParameterSpec;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// What the device of [RemoteKeys] signs with.
final class KeptSignature extends SignatureSpi {
  private final String algorithm;
  private final Runnable before;
  private final UnaryOperator<byte[]> after;
  private @Nullable Signature own;

  /// The JDK's TLS gives them before the key.
  private @Nullable AlgorithmParameterSpec early;

  KeptSignature(String algorithm, Runnable before, UnaryOperator<byte[]> after) {
    this.algorithm = algorithm;
    this.before = before;
    this.after = after;
  }

  private Signature own() {
    return requireNonNull(own, "not initialised");
  }

  @Override
  protected void engineInitSign(PrivateKey key) throws InvalidKeyException {
    if (!(key instanceof RemoteKeys.Kept kept)) {
      throw new InvalidKeyException("not a key of this device");
    }
    try {
      Signature made = Signature.getInstance(algorithm);
      made.initSign(kept.secret());
      if (early != null) {
        made.setParameter(early);
      }
      own = made;
    } catch (GeneralSecurityException e) {
      throw new InvalidKeyException(e);
    }
  }

  @Override
  protected void engineInitVerify(PublicKey key) throws InvalidKeyException {
    throw new InvalidKeyException("this device does not verify");
  }

  @Override
  protected void engineUpdate(byte b) throws SignatureException {
    own().update(b);
  }

  @Override
  protected void engineUpdate(byte[] octets, int offset, int length) throws SignatureException {
    own().update(octets, offset, length);
  }

  @Override
  protected byte[] engineSign() throws SignatureException {
    before.run();
    return after.apply(own().sign());
  }

  @Override
  protected boolean engineVerify(byte[] signature) throws SignatureException {
    throw new SignatureException("this device does not verify");
  }

  @Override
  @SuppressWarnings("deprecation") // abstract
  protected void engineSetParameter(String name, Object value) {
    throw new UnsupportedOperationException(name);
  }

  @Override
  protected void engineSetParameter(@Nullable AlgorithmParameterSpec parameters)
      throws InvalidAlgorithmParameterException {
    Signature made = own;
    if (made == null) {
      early = parameters;
    } else if (parameters != null) {
      made.setParameter(parameters);
    }
  }

  @Override
  @SuppressWarnings("deprecation") // abstract
  protected Object engineGetParameter(String name) {
    throw new UnsupportedOperationException(name);
  }

  @Override
  protected @Nullable AlgorithmParameters engineGetParameters() {
    return null;
  }
}

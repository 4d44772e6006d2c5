// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit.tls;

import static java.util.Objects.requireNonNull;

import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.security.Signature;
import java.security.SignatureException;
import java.security.SignatureSpi;
import java.security.interfaces.ECKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECParameterSpec;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A device that keeps P-256 keys: nobody can read them, and its security provider signs with them.
/// Known to the JDK from [#RemoteKeys] to [#close].
public final class RemoteKeys implements AutoCloseable {
  private static final String ALGORITHM = "SHA256withECDSA";

  private final Device device;
  private final AtomicInteger signatures = new AtomicInteger();

  /// A device that does something before it signs, such as waiting.
  public RemoteKeys(Runnable before) {
    device =
        new Device(() -> {
          before.run();
          signatures.incrementAndGet();
        });
    Security.addProvider(device);
  }

  /// {@return a key as the device shows it}
  public PrivateKey keep(PrivateKey key) {
    return new Kept(key, ((ECKey) key).getParams());
  }

  /// {@return how often it has signed}
  public int signatures() {
    return signatures.get();
  }

  @Override
  public void close() {
    Security.removeProvider(device.getName());
  }

  /// A key without an encoding.
  private record Kept(PrivateKey secret, ECParameterSpec parameters) implements PrivateKey, ECKey {
    @Override
    public String getAlgorithm() {
      return "EC";
    }

    @Override
    public @Nullable String getFormat() {
      return null;
    }

    @Override
    @SuppressWarnings("PMD.ReturnEmptyCollectionRatherThanNull") // says that there is none
    public byte @Nullable [] getEncoded() {
      return null;
    }

    @Override
    public ECParameterSpec getParams() {
      return parameters;
    }

    @Override
    public String toString() {
      return "kept key";
    }
  }

  private static final class Device extends Provider {
    private static final long serialVersionUID = 1;

    Device(Runnable before) {
      super("TestDevice", "1", "keeps keys");
      putService(
          new Service(this, "Signature", ALGORITHM, Signer.class.getName(), List.of(), null) {
            @Override
            public boolean supportsParameter(Object key) {
              return key instanceof Kept;
            }

            @Override
            public Object newInstance(Object parameter) {
              return new Signer(before);
            }
          });
    }
  }

  private static final class Signer extends SignatureSpi {
    private final Runnable before;
    private @Nullable Signature own;

    Signer(Runnable before) {
      this.before = before;
    }

    private Signature own() {
      return requireNonNull(own, "not initialised");
    }

    @Override
    protected void engineInitSign(PrivateKey key) throws InvalidKeyException {
      if (!(key instanceof Kept kept)) {
        throw new InvalidKeyException("not a key of this device");
      }
      try {
        Signature made = Signature.getInstance(ALGORITHM);
        made.initSign(kept.secret());
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
      return own().sign();
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
    protected void engineSetParameter(@Nullable AlgorithmParameterSpec parameters) {
      // ECDSA has none
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
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit.tls;

import dev.pingora.tls.CertKey;
import dev.pingora.tls.TlsException;
import java.math.BigInteger;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Security;
import java.security.interfaces.ECKey;
import java.security.interfaces.EdECKey;
import java.security.interfaces.RSAKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A device that keeps keys: nobody can read them, and its security provider signs with them. It
/// offers what a PKCS #11 token does, the bare operation of RSA among it. Known to the JDK from
/// [#RemoteKeys] to [#close]; one at a time.
public final class RemoteKeys implements AutoCloseable {
  static final String RAW = "RSA/ECB/NoPadding";

  private static final List<String> ALL =
      List.of(
          "SHA256withECDSA",
          "SHA384withECDSA",
          "SHA512withECDSA",
          "NONEwithECDSA",
          "SHA256withRSA",
          "SHA384withRSA",
          "SHA512withRSA",
          "NONEwithRSA",
          "RSASSA-PSS",
          "Ed25519",
          RAW);

  private final Device device;
  private final AtomicInteger signatures = new AtomicInteger();

  /// A device that does something before it signs, such as waiting or throwing.
  public RemoteKeys(Runnable before) {
    this(before, signature -> signature);
  }

  /// A device that can do no more than this: names of signatures, and the cipher
  /// `RSA/ECB/NoPadding`.
  public RemoteKeys(List<String> algorithms) {
    this(algorithms, () -> {}, signature -> signature);
  }

  /// A device that does something before it signs and to what it has signed, such as spoiling it.
  public RemoteKeys(Runnable before, UnaryOperator<byte[]> after) {
    this(ALL, before, after);
  }

  private RemoteKeys(List<String> algorithms, Runnable before, UnaryOperator<byte[]> after) {
    device =
        new Device(
            algorithms,
            signature -> {
              signatures.incrementAndGet();
              return after.apply(signature);
            },
            before);
    Security.addProvider(device);
  }

  /// {@return a key as the device shows it}
  public PrivateKey keep(PrivateKey key) {
    return switch (key) {
      case ECKey _ -> new KeptEc(key);
      case EdECKey ed -> new KeptEd(key, ed.getParams());
      case RSAKey rsa -> new KeptRsa(key, rsa.getModulus());
      default -> throw new IllegalArgumentException("a key of " + key.getAlgorithm());
    };
  }

  /// {@return the same certificate, with its key in the device, which signs once to prove it}
  public CertKey keep(CertKey own) throws TlsException {
    return CertKey.of(own.chain(), keep(own.privateKey()), "test");
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
  sealed interface Kept extends PrivateKey {
    PrivateKey secret();

    @Override
    default String getAlgorithm() {
      return secret().getAlgorithm();
    }

    @Override
    default @Nullable String getFormat() {
      return null;
    }

    @Override
    @SuppressWarnings("PMD.ReturnEmptyCollectionRatherThanNull") // says that there is none
    default byte @Nullable [] getEncoded() {
      return null;
    }
  }

  /// Tokens tell the modulus, and the JDK asks whether it is long enough.
  private record KeptRsa(PrivateKey secret, BigInteger modulus) implements Kept, RSAKey {
    @Override
    public BigInteger getModulus() {
      return modulus;
    }

    @Override
    public @Nullable AlgorithmParameterSpec getParams() {
      return secret.getParams();
    }

    @Override
    public String toString() {
      return "kept key";
    }
  }

  /// Keys of the JDK's PKCS #11 provider do not tell their curve as an `ECKey`, those of key
  /// services not at all.
  private record KeptEc(PrivateKey secret) implements Kept {
    @Override
    public String toString() {
      return "kept key";
    }
  }

  private record KeptEd(PrivateKey secret, NamedParameterSpec parameters) implements Kept, EdECKey {
    @Override
    public NamedParameterSpec getParams() {
      return parameters;
    }

    @Override
    public String toString() {
      return "kept key";
    }
  }

  private static final class Device extends Provider {
    private static final long serialVersionUID = 1;

    Device(List<String> algorithms, UnaryOperator<byte[]> after, Runnable before) {
      super("TestDevice", "1", "keeps keys");
      for (String algorithm : algorithms) {
        if (algorithm.equals(RAW)) {
          putService(
              new Kind(this, "Cipher", RAW) {
                @Override
                public Object newInstance(@Nullable Object parameter) {
                  return new KeptCipher(before, after);
                }
              });
          continue;
        }
        putService(
            new Kind(this, "Signature", algorithm) {
              @Override
              public Object newInstance(@Nullable Object parameter) {
                return new KeptSignature(algorithm, before, after);
              }
            });
      }
    }
  }

  /// Takes keys of the device alone.
  private abstract static class Kind extends Provider.Service {
    Kind(Provider device, String type, String algorithm) {
      super(device, type, algorithm, RemoteKeys.class.getName(), List.of(), null);
    }

    @Override
    public boolean supportsParameter(Object key) {
      return key instanceof Kept kept
          && (getAlgorithm().contains("ECDSA") == kept instanceof KeptEc)
          && (getAlgorithm().startsWith("Ed") == kept instanceof KeptEd);
    }
  }
}

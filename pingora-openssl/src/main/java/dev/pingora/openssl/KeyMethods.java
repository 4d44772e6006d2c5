// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.pingora.tls.CertKey;
import dev.pingora.tls.KeyType;
import dev.pingora.tls.RemoteSigning;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.ffm.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// OpenSSL's way: an EVP_PKEY of the public half alone, whose private operations are ours.
///
/// OpenSSL hashes, and pads for PSS, before it calls: ECDSA and PKCS #1 sign digests, PSS is the
/// private operation on a padded block. So a provider of RSA keys must have that one
/// (`RSA/ECB/NoPadding`; PKCS #11: CKM_RSA_X_509). Ed25519 signs messages, and has no methods.
///
/// | native memory | who owns it |
/// |---|---|
/// | RSA_METHOD, EC_KEY_METHOD, stubs | the process: one of each per library |
/// | RSA or EC_KEY, with the tag of a [RemoteKey] | its EVP_PKEY |
/// | EVP_PKEY | the SSL_CTX and its SSLs |
@SuppressWarnings("UnusedMethod") // called by native code
final class KeyMethods implements RemoteSigner {
  private static final List<String> NEEDS =
      List.of("RSA_meth_dup", "EC_KEY_METHOD_new", "d2i_RSA_PUBKEY", "EVP_PKEY_assign");

  // openssl/crypto.h
  private static final int INDEX_EC = 8;
  private static final int INDEX_RSA = 9;

  // openssl/obj_mac.h
  private static final int NID_RSA = 6;
  private static final int NID_EC = 408;
  private static final int NID_RSA_PSS = 912;
  private static final int NID_SHA256 = 672;
  private static final int NID_SHA384 = 673;
  private static final int NID_SHA512 = 674;

  /// RSA_NO_PADDING: the block is padded already.
  private static final int NO_PADDING = 3;

  private final OpenSsl library;
  private final KeyCalls calls;
  private final int rsaIndex;
  private final int ecIndex;
  private final long rsaMethod;
  private final long ecMethod;

  /// Binds the functions.
  KeyMethods(OpenSsl library, NativeLibrary functions) throws TlsException {
    this.library = library;
    calls = new KeyCalls(functions);
    functions.complete();
    rsaIndex = calls.newIndex(INDEX_RSA);
    ecIndex = calls.newIndex(INDEX_EC);
    rsaMethod = rsaMethod();
    ecMethod = ecMethod();
    if (rsaIndex < 0 || ecIndex < 0 || rsaMethod == 0 || ecMethod == 0) {
      throw ErrorQueue.configuration(library, "no methods for keys kept elsewhere");
    }
  }

  /// {@return whether a library has this}
  static boolean isIn(NativeLibrary functions) {
    return NEEDS.stream().allMatch(functions::has);
  }

  private long rsaMethod() throws TlsException {
    long method = calls.rsaMethodCopy(calls.rsaMethod());
    if (method != 0) {
      var lookup = MethodHandles.lookup();
      Class<?> j = long.class;
      Class<?> i = int.class;
      calls.rsaMethodSign(method, Stubs.of(lookup, this, "onRsaSign", i, i, j, i, j, j, j));
      calls.rsaMethodEncrypt(method, Stubs.of(lookup, this, "onEncrypt", i, i, j, j, j, i));
      calls.rsaMethodDecrypt(method, Stubs.of(lookup, this, "onDecrypt", i, i, j, j, j, i));
    }
    return method;
  }

  private long ecMethod() throws TlsException {
    long method = calls.ecMethodCopy(calls.ecMethod());
    if (method != 0) {
      var lookup = MethodHandles.lookup();
      Class<?> j = long.class;
      Class<?> i = int.class;
      var sign = Stubs.method(lookup, this, "onEcSign", i, i, j, i, j, j, j);
      // Two before the key, that were prepared for the signature: nothing was.
      int unused = sign.type().parameterCount() - 1;
      calls.ecMethodSign(method, Stubs.of(MethodHandles.dropArguments(sign, unused, j, j)), 0, 0);
    }
    return method;
  }

  @Override
  public void check(CertKey key) throws TlsException {
    String why =
        switch (key.type()) {
          case ED25519 -> "of type Ed25519 (expected with those: RSA, EC, or another TLS provider)";
          case RSA, RSA_PSS ->
              RemoteSigning.hasRaw(key)
                  ? ""
                  : "by what has no RSA/ECB/NoPadding (expected, for PSS by OpenSSL)";
          case EC_P256, EC_P384, EC_P521 ->
              RemoteSigning.hasDigest(key)
                  ? ""
                  : "by what has no NONEwithECDSA (expected, OpenSSL hashes itself)";
        };
    if (!why.isEmpty()) {
      throw TlsException.of(
          TlsException.Reason.CONFIGURATION,
          library.dialect.id() + ": the key of " + key + " is kept elsewhere, " + why);
    }
  }

  @Override
  public void use(ContextSetup setup, RemoteKey remote) throws TlsException {
    CertKey key = remote.key();
    boolean rsa = key.type() == KeyType.RSA || key.type() == KeyType.RSA_PSS;
    long own =
        rsa
            ? own(calls.rsa, rsaMethod, rsaIndex, remote)
            : own(calls.ec, ecMethod, ecIndex, remote);
    setup.check(own != 0, "public key of " + key);
    int type = !rsa ? NID_EC : key.type() == KeyType.RSA ? NID_RSA : NID_RSA_PSS;
    long made = calls.newKey();
    if (made == 0 || calls.assign(made, type, own) != 1) {
      (rsa ? calls.rsa : calls.ec).free(own);
      library.crypto.keyFree(made);
      throw ErrorQueue.configuration(library, "key of " + key);
    }
    setup.key(made, key);
  }

  /// {@return an RSA or EC_KEY of the public half, for the caller to free; 0 for none}
  private static long own(KeyCalls.OfKind kind, long method, int index, RemoteKey remote) {
    long own;
    try (Arena arena = Arena.ofConfined()) {
      byte[] der = remote.key().leaf().getPublicKey().getEncoded();
      MemorySegment octets = arena.allocateFrom(JAVA_BYTE, der);
      MemorySegment at = arena.allocateFrom(JAVA_LONG, octets.address());
      own = kind.parse(0, at.address(), der.length);
    }
    // The method before the EVP_PKEY: it is what tells OpenSSL that the key is not its own.
    boolean well =
        own != 0 && kind.setMethod(own, method) == 1 && kind.setTag(own, index, remote.tag()) == 1;
    if (own != 0 && !well) {
      kind.free(own);
    }
    return well ? own : 0;
  }

  /// RSA_meth_set_sign(3): PKCS #1 v1.5.
  int onRsaSign(int hash, long digest, int length, long into, long intoLength, long rsa) {
    try {
      RemoteKey key = library.remoteKeys.find(calls.rsa.tag(rsa, rsaIndex));
      int scheme =
          switch (hash) {
            case NID_SHA256 -> 0x0401;
            case NID_SHA384 -> 0x0501;
            case NID_SHA512 -> 0x0601;
            default -> 0; // is refused
          };
      byte[] signature = key == null ? null : key.digest(scheme, Encoded.copy(digest, length));
      return signed(signature, into, intoLength);
    } catch (Throwable e) {
      return 0;
    }
  }

  /// RSA_meth_set_priv_enc(3): PSS.
  ///
  /// @return how many octets; -1 for a failure
  int onEncrypt(int length, long from, long into, long rsa, int padding) {
    try {
      RemoteKey key = library.remoteKeys.find(calls.rsa.tag(rsa, rsaIndex));
      if (key == null || padding != NO_PADDING) {
        return -1;
      }
      byte[] signature = key.raw(Encoded.copy(from, length));
      return signed(signature, into, 0) == 1 ? length : -1;
    } catch (Throwable e) {
      return -1;
    }
  }

  /// RSA_meth_set_priv_dec(3), of key exchange by RSA, which no profile of ours has.
  int onDecrypt(int length, long from, long into, long rsa, int padding) {
    return -1;
  }

  /// EC_KEY_METHOD_set_sign(3).
  int onEcSign(int hash, long digest, int length, long into, long intoLength, long ec) {
    try {
      RemoteKey key = library.remoteKeys.find(calls.ec.tag(ec, ecIndex));
      if (key == null) {
        return 0;
      }
      int scheme =
          switch (hash) {
            case NID_SHA256 -> 0x0403;
            case NID_SHA384 -> 0x0503;
            case NID_SHA512 -> 0x0603;
            default -> 0; // is refused
          };
      byte[] signature = key.digest(scheme, Encoded.copy(digest, length));
      return signed(signature, into, intoLength);
    } catch (Throwable e) {
      return 0;
    }
  }

  /// Hands a signature over, no longer than there is room for: [RemoteSigning] sees to that.
  ///
  /// @param intoLength where its length goes, an unsigned int; 0 for nowhere
  /// @return 1 when there is one
  private static int signed(byte @Nullable [] signature, long into, long intoLength) {
    if (signature == null) {
      return 0;
    }
    // SAFETY: OpenSSL has room for the longest signature of the key (RSA_size, ECDSA_size), and
    // takes an int.
    MemorySegment.copy(signature, 0, NativeLibrary.MEMORY, JAVA_BYTE, into, signature.length);
    if (intoLength != 0) {
      NativeLibrary.MEMORY.set(JAVA_INT, intoLength, signature.length);
    }
    return 1;
  }
}

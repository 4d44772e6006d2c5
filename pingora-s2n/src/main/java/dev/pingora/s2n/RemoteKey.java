// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.pingora.tls.CertKey;
import dev.pingora.tls.RemoteSigning;
import dev.pingora.tls.TlsException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Signs in place of s2n-tls, with a key kept elsewhere.
///
/// s2n-tls stops with an operation when there is something to sign. The callback only notes it;
/// [S2nSession] has it done once the library has returned, so nothing native waits for the device
/// on the stack, and goes on. s2n-tls has hashed already and hands the digest over.
///
/// | what | whose |
/// |---|---|
/// | `s2n_async_pkey_op` | the session's, from the callback to [#sign] or its close |
/// | the key | the context's; never in native memory |
/// | digest, signature | this class's for the call; s2n-tls copies |
///
/// @param server which end signs
record RemoteKey(S2n library, CertKey key, boolean server) {
  /// Of `s2n_async_pkey_op_type`; the other is to decrypt, which no suite of ours needs.
  private static final int SIGN = 1;

  /// Of `s2n_tls_signature_algorithm`.
  private static final int RSA = 1;

  private static final int ECDSA = 3;
  private static final int RSA_PSS_RSAE = 224;
  private static final int RSA_PSS_PSS = 225;

  /// Of `s2n_tls_hash_algorithm`; SHA-384 and SHA-512 follow.
  private static final int SHA256 = 4;

  private static final int SHA512 = 6;

  /// Octets of the longest digest.
  private static final int LONGEST = 64;

  /// Signs what the operation holds, and frees it.
  ///
  /// @throws TlsException INTERNAL when the key did not sign
  void sign(long operation, long connection) throws TlsException {
    SigningCalls calls = library.signing;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment number = arena.allocate(JAVA_INT);
      check(calls.type(operation, number.address()));
      if (number.get(JAVA_INT, 0) != SIGN) {
        throw failed("it is asked to decrypt");
      }
      check(calls.inputSize(operation, number.address()));
      int length = number.get(JAVA_INT, 0);
      if (length <= 0 || length > LONGEST) {
        throw failed("a digest of " + length + " octets");
      }
      MemorySegment digest = arena.allocate(length);
      check(calls.input(operation, digest.address(), length));
      byte[] made =
          RemoteSigning.digest(key, scheme(connection, number), digest.toArray(JAVA_BYTE));
      MemorySegment signature = arena.allocateFrom(JAVA_BYTE, made);
      check(calls.output(operation, signature.address(), made.length));
      check(calls.apply(operation, connection));
    } finally {
      calls.free(operation);
    }
  }

  /// {@return the code of the scheme (RFC 8446 §4.2.3)}
  ///
  /// @throws TlsException INTERNAL for those that nothing here signs by, such as SHA-1
  private int scheme(long connection, MemorySegment number) throws TlsException {
    check(library.signing.hash(connection, server, number.address()));
    int hash = number.get(JAVA_INT, 0);
    check(library.signing.algorithm(connection, server, number.address()));
    int algorithm = number.get(JAVA_INT, 0);
    if (hash < SHA256 || hash > SHA512) {
      throw failed("hash %d, algorithm %d of s2n".formatted(hash, algorithm));
    }
    return switch (algorithm) {
      case RSA -> hash << 8 | 1; // what TLS 1.2 wrote as two octets, hash and kind
      case ECDSA -> hash << 8 | 3;
      case RSA_PSS_RSAE -> 0x0804 + hash - SHA256;
      case RSA_PSS_PSS -> 0x0809 + hash - SHA256;
      default -> throw failed("hash %d, algorithm %d of s2n".formatted(hash, algorithm));
    };
  }

  private void check(int result) throws TlsException {
    if (result < 0) {
      throw failed("s2n: " + library.text(library.error()));
    }
  }

  private TlsException failed(String why) {
    return TlsException.of(
        TlsException.Reason.INTERNAL, "the key of " + key + " could not sign: " + why);
  }
}

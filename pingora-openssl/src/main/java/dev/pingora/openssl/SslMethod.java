// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import static dev.pingora.openssl.Shapes.I_JI;
import static dev.pingora.openssl.Shapes.V_JJ;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.pingora.tls.CertKey;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.ffm.NativeLibrary;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import org.jspecify.annotations.Nullable;

/// BoringSSL's way: its TLS has what is to be signed signed by functions of ours, whole messages by
/// scheme. So all keys will do, and all that their providers must know is the scheme.
///
/// | native memory | who owns it |
/// |---|---|
/// | SSL_PRIVATE_KEY_METHOD, stubs | the process: one of each per library |
@SuppressWarnings("UnusedMethod") // called by native code
final class SslMethod implements RemoteSigner {
  private static final String SET = "SSL_CTX_set_private_key_method";

  // ssl_private_key_result_t
  private static final int SUCCESS = 0;
  private static final int FAILURE = 2;

  /// RFC 8446 §6.2.
  private static final int INTERNAL_ERROR = 80;

  private final OpenSsl library;
  private final MethodHandle set;
  private final MethodHandle alert;
  private final long method;

  /// Binds the functions.
  SslMethod(OpenSsl library, NativeLibrary functions) throws TlsException {
    this.library = library;
    set = functions.function(SET, V_JJ);
    alert = functions.function("SSL_send_fatal_alert", I_JI);
    functions.complete();
    method = method();
  }

  /// {@return whether a library has this}
  static boolean isIn(NativeLibrary functions) {
    return functions.has(SET);
  }

  /// {@return the struct: sign, decrypt, complete}
  private long method() throws TlsException {
    var lookup = MethodHandles.lookup();
    Class<?> j = long.class;
    long sign = Stubs.of(lookup, this, "onSign", int.class, j, j, j, j, short.class, j, j);
    long decrypt = Stubs.of(lookup, this, "onDecrypt", int.class, j, j, j, j, j, j);
    long complete = Stubs.of(lookup, this, "onComplete", int.class, j, j, j, j);
    return java.lang.foreign.Arena.global()
        .allocateFrom(JAVA_LONG, sign, decrypt, complete)
        .address();
  }

  @Override
  public void check(CertKey key) {
    // any will do
  }

  @Override
  public void use(ContextSetup setup, RemoteKey key) {
    try {
      // SAFETY: a live context; the method lives as long as the process.
      set.invokeExact(setup.context, method);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// Signs a message.
  ///
  /// @param into room for `most` octets
  /// @param intoLength where the signature's length goes, a size_t
  /// @param scheme code of a signature scheme, 16 bits without a sign
  int onSign(
      long ssl, long into, long intoLength, long most, short scheme, long from, long length) {
    try {
      OpenSslSession session = library.sessions.find(library.ssl.tag(ssl, Callbacks.TAG));
      RemoteKey key = session == null ? null : session.context().remote;
      byte[] signature = key == null ? null : signature(key, scheme, from, length);
      if (signature == null || signature.length > most) {
        fail(ssl);
        return FAILURE;
      }
      // SAFETY: BoringSSL says that there is so much room, and takes a size_t.
      MemorySegment.copy(signature, 0, NativeLibrary.MEMORY, JAVA_BYTE, into, signature.length);
      NativeLibrary.MEMORY.set(JAVA_LONG, intoLength, signature.length);
      return SUCCESS;
    } catch (Throwable e) {
      return FAILURE;
    }
  }

  private static byte @Nullable [] signature(RemoteKey key, short scheme, long from, long length) {
    return key.message(scheme & 0xffff, Encoded.copy(from, Math.toIntExact(length)));
  }

  /// Tells the peer, as BoringSSL does not.
  private void fail(long ssl) throws Throwable {
    // SAFETY: the SSL that is in the midst of its handshake.
    int _ = (int) alert.invokeExact(ssl, INTERNAL_ERROR);
  }

  /// Of key exchange by RSA, which no profile of ours has.
  int onDecrypt(long ssl, long into, long intoLength, long most, long from, long length) {
    return FAILURE;
  }

  /// Of signatures that come later, which none of ours do.
  int onComplete(long ssl, long into, long intoLength, long most) {
    return FAILURE;
  }
}

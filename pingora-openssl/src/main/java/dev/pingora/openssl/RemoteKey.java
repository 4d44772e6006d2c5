// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import dev.pingora.tls.CertKey;
import dev.pingora.tls.RemoteSigning;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.ffm.SlotTable;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A key that only its security provider can use ([CertKey#isRemote]), as native code knows it: by
/// a number.
///
/// Belongs to one context, which frees it. Signing blocks for as long as the provider does, on the
/// thread that drives the session, in the midst of a downcall; it never throws. Thread-safe.
final class RemoteKey {
  private final SlotTable<RemoteKey> table;
  private final CertKey key;
  private final long tag;

  /// Why a thread could not sign. The library fails at once then, and the session of the same
  /// thread takes it: so no more than one for each thread, and none for long.
  private final Map<Thread, TlsException> failures = new ConcurrentHashMap<>();

  /// @param table where native code finds it, until it is freed
  RemoteKey(SlotTable<RemoteKey> table, CertKey key) {
    this.table = table;
    this.key = key;
    tag = table.put(this);
  }

  /// {@return its number}
  long tag() {
    return tag;
  }

  CertKey key() {
    return key;
  }

  /// To be found by native code no more. Signatures under way go on.
  void free() {
    table.remove(tag);
  }

  /// {@return a signature of a message; null when there is none}
  ///
  /// @param scheme code of a signature scheme (RFC 8446 §4.2.3)
  byte @Nullable [] message(int scheme, byte[] message) {
    return signed(() -> RemoteSigning.message(key, scheme, message));
  }

  /// {@return a signature of what was hashed already; null when there is none}
  byte @Nullable [] digest(int scheme, byte[] digest) {
    return signed(() -> RemoteSigning.digest(key, scheme, digest));
  }

  /// {@return what the private operation of RSA makes of a block; null for nothing}
  byte @Nullable [] raw(byte[] block) {
    return signed(() -> RemoteSigning.raw(key, block));
  }

  /// {@return why this thread could not sign, told once; null when it could}
  @Nullable TlsException failure() {
    return failures.remove(Thread.currentThread());
  }

  private interface Signing {
    byte[] sign() throws TlsException;
  }

  private byte @Nullable [] signed(Signing signing) {
    try {
      return signing.sign();
    } catch (TlsException e) {
      return failed(e);
    } catch (Throwable e) { // an Error of its provider: native code lies between us and a handler
      return failed(
          TlsException.of(
              TlsException.Reason.INTERNAL, "the key of " + key + " could not sign: " + e, e));
    }
  }

  private byte @Nullable [] failed(TlsException e) {
    failures.put(Thread.currentThread(), e);
    return null;
  }
}

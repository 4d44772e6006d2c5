// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.rustls;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.pingora.tls.CertKey;
import dev.pingora.tls.RemoteSigning;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.ffm.NativeLibrary;
import dev.pingora.tls.ffm.SlotTable;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A private key kept elsewhere, which the native half knows by a number and has Java sign with
/// (`signing.rs`).
///
/// | what | whose |
/// |---|---|
/// | the number | this object's: forgotten when no context or session holds it any more |
/// | the key | the provider's of the JDK; never in native memory |
/// | message, room for the signature | the native half's, during the call |
/// | the function | the process's: one for all keys, made with the first |
///
/// Immutable, for any thread. A number that is forgotten, or never was, makes the handshake fail.
final class RemoteKey {
  private static final Cleaner CLEANER = Cleaner.create();

  private static final SlotTable<CertKey> KEYS = new SlotTable<>();

  /// Longer messages than a handshake signs are not read: CertificateVerify signs 130 octets, a TLS
  /// 1.2 client all of the handshake.
  private static final long MOST_SIGNED = 1 << 20;

  private final CertKey key;
  private final long number;

  RemoteKey(CertKey key) {
    this.key = key;
    long number = KEYS.put(key);
    this.number = number;
    CLEANER.register(this, () -> KEYS.remove(number));
  }

  /// {@return keys that are not forgotten yet}
  static int live() {
    return KEYS.size();
  }

  /// {@return what the native half is told: address of the function, number, kind of key}
  byte[] encoded() {
    int kind =
        switch (key.type()) {
          case RSA -> 1;
          case EC_P256 -> 2;
          case EC_P384 -> 3;
          case EC_P521 -> 4;
          case ED25519 -> 5;
          case RSA_PSS -> 0; // refused before
        };
    return ByteBuffer.allocate(2 * Long.BYTES + 1)
        .putLong(Upcall.ADDRESS)
        .putLong(number)
        .put((byte) kind)
        .array();
  }

  /// `Sign` of `signing.rs`: puts a signature into the room, or why there is none.
  ///
  /// Called on the thread that drives the session, within a downcall; no exception may leave it.
  ///
  /// @return the length of the signature, or minus that of the text; 0 when even that fails
  @SuppressWarnings("PMD.AvoidCatchingThrowable") // it would end the JVM
  static long sign(long number, long scheme, long message, long length, long into, long capacity) {
    try {
      return signed(number, (int) scheme, message, length, into, capacity);
    } catch (Throwable e) {
      return 0; // no memory, or no stack
    }
  }

  private static long signed(
      long number, int scheme, long message, long length, long into, long capacity) {
    CertKey key = KEYS.find(number);
    if (key == null || length > MOST_SIGNED) {
      return -put(text("a key that could not sign: it is not known"), into, capacity);
    }
    try {
      // SAFETY: so many octets are there, and stay during the call.
      byte[] content = NativeLibrary.MEMORY.asSlice(message, length).toArray(JAVA_BYTE);
      byte[] signature = RemoteSigning.message(key, scheme, content);
      if (signature.length > capacity) {
        return -put(text("the key of " + key + " could not sign: too long"), into, capacity);
      }
      return put(signature, into, capacity);
    } catch (TlsException e) {
      return -put(text(String.valueOf(e.getMessage())), into, capacity);
    }
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static long put(byte[] octets, long into, long capacity) {
    byte[] fitting = octets.length > capacity ? Arrays.copyOf(octets, (int) capacity) : octets;
    // SAFETY: there is room for `capacity` octets, which nobody else touches during the call.
    NativeLibrary.MEMORY
        .asSlice(into, fitting.length)
        .copyFrom(java.lang.foreign.MemorySegment.ofArray(fitting));
    return fitting.length;
  }

  /// The function, made with the first key.
  private static final class Upcall {
    static final long ADDRESS = make();

    private static long make() {
      Class<?>[] longs = new Class<?>[6];
      Arrays.fill(longs, long.class);
      try {
        var target =
            MethodHandles.lookup()
                .findStatic(RemoteKey.class, "sign", MethodType.methodType(long.class, longs));
        return NativeLibrary.upcall(
            target,
            FunctionDescriptor.of(
                JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
      } catch (ReflectiveOperationException e) {
        throw new LinkageError("no method to call back", e);
      }
    }
  }
}

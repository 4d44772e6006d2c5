// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.pingora.tls.ffm.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// DER into OpenSSL and out of it.
final class Encoded {
  private Encoded() {}

  /// {@return an X509 for the caller to free; 0 when it is none, with errors in the queue}
  static long certificate(CryptoCalls crypto, byte[] der) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment octets = arena.allocateFrom(JAVA_BYTE, der);
      MemorySegment at = arena.allocateFrom(JAVA_LONG, octets.address());
      return crypto.parseCertificate(0, at.address(), der.length);
    }
  }

  /// {@return an EVP_PKEY for the caller to free; 0 when it is none} Wipes `pkcs8` and its copy.
  static long key(CryptoCalls crypto, byte[] pkcs8) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment octets = arena.allocateFrom(JAVA_BYTE, pkcs8);
      Arrays.fill(pkcs8, (byte) 0);
      MemorySegment at = arena.allocateFrom(JAVA_LONG, octets.address());
      long key = crypto.parseKey(0, at.address(), octets.byteSize());
      octets.fill((byte) 0);
      return key;
    }
  }

  /// {@return DER of an X509}
  static byte[] der(CryptoCalls crypto, long certificate) {
    int length = crypto.encodeCertificate(certificate, 0);
    if (length <= 0) {
      crypto.clearErrors();
      return new byte[0];
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment octets = arena.allocate(length);
      MemorySegment at = arena.allocateFrom(JAVA_LONG, octets.address());
      crypto.encodeCertificate(certificate, at.address());
      return octets.toArray(JAVA_BYTE);
    }
  }

  /// {@return a copy of native memory}
  static byte[] copy(long from, int length) {
    byte[] octets = new byte[length];
    // SAFETY: the caller was told by the library that so many octets are there.
    MemorySegment.copy(NativeLibrary.MEMORY, JAVA_BYTE, from, octets, 0, length);
    return octets;
  }
}

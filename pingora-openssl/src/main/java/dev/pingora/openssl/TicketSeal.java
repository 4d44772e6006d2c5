// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.pingora.tls.TicketKeys;
import dev.pingora.tls.ffm.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/// Seals or opens one session ticket (RFC 5077 §4): AES-256-CBC, then HMAC with SHA-256. OpenSSL
/// does the work; this gives it the keys.
///
/// @param name 16 octets that say which key it is
/// @param iv 16 octets
/// @param cipher an EVP_CIPHER_CTX
/// @param mac an EVP_MAC_CTX of HMAC
record TicketSeal(CryptoCalls crypto, long name, long iv, long cipher, long mac) {
  static final int FAILED = -1;

  /// The ticket is nobody's: a full handshake follows.
  static final int NO_KEY = 0;

  static final int DONE = 1;

  /// Done, and the client gets a new ticket, as this one's key is no longer the first.
  static final int DONE_RENEW = 2;

  private static final int NAME = 16;
  private static final int SECRET = 32;
  private static final int IV = 16;

  // struct OSSL_PARAM: key, type, (gap), address, size, size returned.
  private static final long PARAMETER = 40;
  private static final long TYPE_AT = 8;
  private static final long ADDRESS_AT = 16;
  private static final long SIZE_AT = 24;
  private static final int TEXT = 4;
  private static final int OCTETS = 5;

  /// Prepares sealing with the first key.
  int seal(TicketKeys keys) {
    byte[] key = keys.keys().getFirst().octets();
    // SAFETY: OpenSSL has room for 16 octets of name and 16 of iv.
    MemorySegment.copy(key, 0, NativeLibrary.MEMORY, JAVA_BYTE, name, NAME);
    if (crypto.random(iv, IV) != 1) {
      return FAILED;
    }
    return use(key, true) ? DONE : FAILED;
  }

  /// Prepares opening with the key the ticket names.
  int open(TicketKeys keys) {
    List<TicketKeys.Key> all = keys.keys();
    for (int i = 0; i < all.size(); i++) {
      byte[] key = all.get(i).octets();
      if (isNamed(key)) {
        if (!use(key, false)) {
          return FAILED;
        }
        return i == 0 ? DONE : DONE_RENEW;
      }
      Arrays.fill(key, (byte) 0);
    }
    return NO_KEY;
  }

  private boolean isNamed(byte[] key) {
    for (int i = 0; i < NAME; i++) {
      // SAFETY: OpenSSL has 16 octets of name there.
      if (NativeLibrary.MEMORY.get(JAVA_BYTE, name + i) != key[i]) {
        return false;
      }
    }
    return true;
  }

  /// Gives OpenSSL the two secrets, which it copies; wipes `key` and the copies made here.
  private boolean use(byte[] key, boolean seals) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment secrets = arena.allocate(2 * SECRET, 16);
      MemorySegment.copy(key, NAME, secrets, JAVA_BYTE, 0, 2 * SECRET);
      Arrays.fill(key, (byte) 0);
      long aes = crypto.aes256Cbc();
      boolean started =
          seals
              ? crypto.encryptInit(cipher, aes, 0, secrets.address(), iv) == 1
              : crypto.decryptInit(cipher, aes, 0, secrets.address(), iv) == 1;
      MemorySegment parameters = arena.allocate(3 * PARAMETER, 8);
      parameter(parameters, arena.allocateFrom("key"), OCTETS, secrets.asSlice(SECRET, SECRET));
      MemorySegment digest = arena.allocateFrom("SHA256");
      parameter(
          parameters.asSlice(PARAMETER),
          arena.allocateFrom("digest"),
          TEXT,
          digest.asSlice(0, digest.byteSize() - 1));
      started = started && crypto.macParameters(mac, parameters.address()) == 1;
      secrets.fill((byte) 0);
      return started;
    }
  }

  private static void parameter(
      MemorySegment at, MemorySegment key, int type, MemorySegment value) {
    at.set(JAVA_LONG, 0, key.address());
    at.set(JAVA_INT, TYPE_AT, type);
    at.set(JAVA_LONG, ADDRESS_AT, value.address());
    at.set(JAVA_LONG, SIZE_AT, value.byteSize());
  }
}

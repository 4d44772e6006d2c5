// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What only s2n-tls has; every other provider refuses it, see [ClientTls#requireNoS2n].
///
/// @param psk known to both ends before; null for none. Instead of resumption, and TLS 1.3 only
/// @param securityPolicy name of what is negotiated, instead of [ClientTls#profile]; null for none
/// @param maxBlindingDelay the longest time that a failure is kept from the peer, against timing
///   attacks, whole seconds, 0 for not at all; null for 0 or, with a security policy, which may
///   have suites that need it, the library's own 30 seconds
public record S2nTls(
    @Nullable PresharedKey psk,
    @Nullable String securityPolicy,
    @Nullable Duration maxBlindingDelay) {
  /// The most that can be asked for.
  public static final Duration MAX_BLINDING = Duration.ofHours(1);

  /// Nothing of it.
  public static final S2nTls NOTHING = new S2nTls(null, null, null);

  public S2nTls {
    if (maxBlindingDelay != null
        && (maxBlindingDelay.isNegative()
            || maxBlindingDelay.compareTo(MAX_BLINDING) > 0
            || !maxBlindingDelay.equals(Duration.ofSeconds(maxBlindingDelay.toSeconds())))) {
      throw new IllegalArgumentException(
          "maxBlindingDelay: " + maxBlindingDelay + " (expected: whole seconds, at most an hour)");
    }
  }

  /// {@return the same with this key}
  public S2nTls withPsk(@Nullable PresharedKey key) {
    return new S2nTls(key, securityPolicy, maxBlindingDelay);
  }

  /// {@return the same with this policy}
  public S2nTls withSecurityPolicy(@Nullable String name) {
    return new S2nTls(psk, name, maxBlindingDelay);
  }

  /// {@return the same with this delay}
  public S2nTls withMaxBlindingDelay(@Nullable Duration delay) {
    return new S2nTls(psk, securityPolicy, delay);
  }

  /// An external pre-shared key (RFC 8446 §4.2.11, RFC 9257). Secret: never printed.
  ///
  /// @param identity what the peer knows it by; goes over the wire in the clear
  /// @param secret the key; 16 octets or more
  /// @param hmac what it is used with
  public record PresharedKey(byte[] identity, byte[] secret, Hmac hmac) {
    /// RFC 9257 §4.2: less could be found by trying.
    public static final int MIN_SECRET = 16;

    private static final int MAX = 0xffff;

    /// What binders are made by.
    public enum Hmac {
      SHA256,
      SHA384
    }

    public PresharedKey {
      requireNonNull(hmac, "hmac");
      if (identity.length == 0 || identity.length > MAX) {
        throw new IllegalArgumentException(
            "identity: " + identity.length + " octets (expected: 1 to " + MAX + ")");
      }
      if (secret.length < MIN_SECRET || secret.length > MAX) {
        throw new IllegalArgumentException(
            "secret: " + secret.length + " octets (expected: " + MIN_SECRET + " to " + MAX + ")");
      }
      identity = identity.clone();
      secret = secret.clone();
    }

    @Override
    public byte[] identity() {
      return identity.clone();
    }

    @Override
    public byte[] secret() {
      return secret.clone();
    }

    @Override
    public String toString() {
      return "pre-shared key";
    }
  }
}

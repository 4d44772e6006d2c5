// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import static java.util.Objects.requireNonNull;

import dev.pingora.http.FieldName;
import dev.pingora.http.Fields;
import dev.pingora.http.ResponseHeader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// A signed cookie that brings a client back to the same server.
///
/// Its value is `label.end.signature`: what the server is called, the second at which the cookie
/// ends, and an HMAC-SHA256 of both, cut to 128 bits. The label is an HMAC of the server's address,
/// so that nobody learns addresses from it; and nobody can make a cookie for a server of their
/// choice. A cookie that is malformed, foreign or over counts as none. It is renewed when half of
/// its time is over. Who holds a cookie can pass it on: it is no proof of who a client is.
///
/// Immutable; thread-safe.
public final class StickyCookie {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int LABEL_BYTES = 9;
  private static final int SIGNATURE_BYTES = 16;

  /// Label 12 characters, moment up to 12, signature 22, two dots.
  private static final int MAX_VALUE = 48;

  private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();

  private final String name;
  private final long ttlSeconds;
  private final SecretKeySpec key;
  private final LongSupplier clock;

  private StickyCookie(String name, Duration ttl, byte[] secret, LongSupplier clock) {
    this.name = requireNonNull(name, "name");
    this.ttlSeconds = ttl.toSeconds();
    this.key = new SecretKeySpec(secret, ALGORITHM);
    this.clock = clock;
    if (ttlSeconds < 1) {
      throw new IllegalArgumentException("ttl: " + ttl + " (expected: 1 s or more)");
    }
  }

  /// {@return a cookie}
  ///
  /// @param name a token (RFC 6265 §4.1.1)
  /// @param ttl how long it holds
  /// @param secret signs it: the same in all proxies that serve the same clients; null = a new one,
  ///   known to this process alone
  public static StickyCookie of(String name, Duration ttl, @Nullable String secret) {
    return of(name, ttl, secret, System::currentTimeMillis);
  }

  /// {@return the same by another clock}
  ///
  /// @param clock milliseconds since 1970
  static StickyCookie of(String name, Duration ttl, @Nullable String secret, LongSupplier clock) {
    byte[] octets;
    if (secret == null) {
      octets = new byte[32];
      new SecureRandom().nextBytes(octets);
    } else {
      octets = secret.getBytes(StandardCharsets.UTF_8);
    }
    return new StickyCookie(name, ttl, octets, clock);
  }

  /// {@return what a server is called in cookies}
  ///
  /// @param address of the server, as text
  public String label(String address) {
    return TEXT.encodeToString(Arrays.copyOf(mac("label " + address), LABEL_BYTES));
  }

  /// {@return what the client's server is called; null when it has no cookie that counts}
  public @Nullable String read(Fields request) {
    String value = CookieField.first(request, name);
    return value == null || end(value) == 0 ? null : value.substring(0, value.indexOf('.'));
  }

  /// Adds a cookie to a response, unless the client has one for this server that holds for another
  /// half of its time.
  ///
  /// @param secure whether it may be sent over TLS only
  public void write(Fields request, ResponseHeader response, String label, boolean secure) {
    long now = clock.getAsLong() / 1_000;
    String had = CookieField.first(request, name);
    if (had != null && had.startsWith(label + ".")) {
      long end = end(had);
      if (end - now > ttlSeconds / 2 && end - now <= ttlSeconds) {
        return;
      }
    }
    String signed = label + "." + Long.toString(now + ttlSeconds, 36);
    response.add(
        FieldName.SET_COOKIE,
        name
            + "="
            + signed
            + "."
            + signature(signed)
            + "; Path=/; Max-Age="
            + ttlSeconds
            + "; HttpOnly; SameSite=Lax"
            + (secure ? "; Secure" : ""));
  }

  /// {@return the second at which a value ends; 0 for one that does not count}
  private long end(String value) {
    int first = value.indexOf('.');
    int last = value.lastIndexOf('.');
    if (value.length() > MAX_VALUE || first <= 0 || last <= first) {
      return 0;
    }
    byte[] expected = signature(value.substring(0, last)).getBytes(StandardCharsets.ISO_8859_1);
    byte[] actual = value.substring(last + 1).getBytes(StandardCharsets.ISO_8859_1);
    if (!MessageDigest.isEqual(expected, actual)) { // in constant time
      return 0;
    }
    long end = Long.parseLong(value.substring(first + 1, last), 36); // ours, so a number
    return end > clock.getAsLong() / 1_000 ? end : 0;
  }

  private String signature(String signed) {
    byte[] mac = mac("cookie " + signed);
    return StandardCharsets.ISO_8859_1
        .decode(TEXT.encode(ByteBuffer.wrap(mac, 0, SIGNATURE_BYTES)))
        .toString();
  }

  private byte[] mac(String text) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }
}

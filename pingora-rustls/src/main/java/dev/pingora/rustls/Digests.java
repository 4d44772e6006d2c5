// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.rustls;

import dev.pingora.tls.CipherSuite;
import dev.pingora.tls.NamedGroup;
import dev.pingora.tls.TlsDigest;
import dev.pingora.tls.TlsVersion;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a handshake agreed on, as the native half writes it (`Session::digest`): version, suite and
/// group (2 octets each, 0 for none), resumed (1), ALPN and SNI (2 octets of length each), then
/// certificates (3 octets of length each).
final class Digests {
  private Digests() {}

  /// {@return the digest}
  ///
  /// @param asked whom the client asked for; empty in digests of servers
  static TlsDigest read(byte[] octets, String asked) {
    ByteBuffer fields = ByteBuffer.wrap(octets);
    if (octets.length == 0) {
      throw new IllegalStateException("digest: there was no handshake");
    }
    TlsVersion version = version(code(fields));
    int suite = code(fields);
    int group = code(fields);
    boolean resumed = fields.get() != 0;
    String alpn = text(fields);
    String named = text(fields);
    List<byte[]> chain = new ArrayList<>();
    while (fields.hasRemaining()) {
      byte[] certificate = new byte[Byte.toUnsignedInt(fields.get()) << 16 | code(fields)];
      fields.get(certificate);
      chain.add(certificate);
    }
    return new TlsDigest(
        version,
        CipherSuite.of(suite).map(Enum::name).orElseGet(() -> "0x%04x".formatted(suite)),
        group == 0 ? null : NamedGroup.of(group).map(NamedGroup::toString).orElse(null),
        alpn,
        named == null && !isAddress(asked) ? orNull(asked) : named,
        resumed,
        chain);
  }

  private static int code(ByteBuffer fields) {
    return Short.toUnsignedInt(fields.getShort());
  }

  private static TlsVersion version(int code) {
    if (code == 0) {
      throw new IllegalStateException("digest: the handshake is not complete");
    }
    return code == TlsVersion.TLS_1_3.code() ? TlsVersion.TLS_1_3 : TlsVersion.TLS_1_2;
  }

  private static @Nullable String text(ByteBuffer fields) {
    byte[] octets = new byte[code(fields)];
    fields.get(octets);
    return orNull(new String(octets, StandardCharsets.ISO_8859_1));
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  /// {@return whether SNI does not carry this name (RFC 6066 §3)} The native half has checked that
  /// it is either a name or an address.
  private static boolean isAddress(String name) {
    return name.indexOf(':') >= 0 || name.chars().allMatch(c -> c == '.' || c >= '0' && c <= '9');
  }
}

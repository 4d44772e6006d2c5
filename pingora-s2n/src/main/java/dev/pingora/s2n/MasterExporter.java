// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import dev.pingora.tls.TlsException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Keying material of TLS 1.2 (RFC 5705), which s2n-tls exports in TLS 1.3 only.
///
/// @param master the session's secret
/// @param client random of the ClientHello
/// @param server random of the ServerHello
/// @param sha384 whether that is the hash of the suite; SHA-256 if not
record MasterExporter(byte[] master, byte[] client, byte[] server, boolean sha384) {
  static final int SECRET = 48;

  byte[] export(String label, byte[] context, int length) throws TlsException {
    byte[] name = label.getBytes(StandardCharsets.US_ASCII);
    // RFC 5705 §4: label, both randoms, and a context with its length.
    byte[] seed = new byte[name.length + client.length + server.length + 2 + context.length];
    int at = put(name, seed, 0);
    at = put(client, seed, at);
    at = put(server, seed, at);
    seed[at++] = (byte) (context.length >> 8);
    seed[at++] = (byte) context.length;
    put(context, seed, at);
    try {
      return expand(seed, length);
    } catch (GeneralSecurityException e) {
      throw TlsException.of(TlsException.Reason.INTERNAL, "exporter: " + e.getMessage(), e);
    }
  }

  private static int put(byte[] octets, byte[] into, int at) {
    System.arraycopy(octets, 0, into, at, octets.length);
    return at + octets.length;
  }

  /// RFC 5246 §5: P_hash.
  private byte[] expand(byte[] seed, int length) throws GeneralSecurityException {
    String algorithm = sha384 ? "HmacSHA384" : "HmacSHA256";
    Mac mac = Mac.getInstance(algorithm);
    mac.init(new SecretKeySpec(master, algorithm));
    byte[] out = new byte[length];
    byte[] a = mac.doFinal(seed);
    for (int at = 0; at < length; ) {
      mac.update(a);
      byte[] some = mac.doFinal(seed);
      int used = Math.min(some.length, length - at);
      System.arraycopy(some, 0, out, at, used);
      Arrays.fill(some, (byte) 0);
      at += used;
      a = mac.doFinal(a);
    }
    return out;
  }
}

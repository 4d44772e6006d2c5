// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls.engine;

import dev.pingora.tls.Certificates;
import dev.pingora.tls.TlsDigest;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsException.Reason;
import dev.pingora.tls.TlsVersion;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is known of records and buffers without a session.
final class Records {
  private static final int HEADER = 5;
  private static final int MAX_CONTENT = 16_384;
  private static final int TAG = 16;
  private static final int EXPLICIT_NONCE = 8;

  private Records() {}

  /// Copies what makes one record at most; positions stay.
  ///
  /// @return how many octets
  static int gather(ByteBuffer[] sources, int offset, int count, ByteBuffer into) {
    int length = 0;
    for (int i = offset; i < offset + count; i++) {
      ByteBuffer from = sources[i];
      int some = Math.min(from.remaining(), MAX_CONTENT - length);
      into.put(length, from, from.position(), some);
      length += some;
    }
    return length;
  }

  /// Moves positions on.
  static void advance(ByteBuffer[] sources, int offset, int count, int taken) {
    int left = taken;
    for (int i = offset; i < offset + count; i++) {
      int some = Math.min(sources[i].remaining(), left);
      sources[i].position(sources[i].position() + some);
      left -= some;
    }
  }

  static int remaining(ByteBuffer[] buffers, int offset, int count) {
    long sum = 0;
    for (int i = offset; i < offset + count; i++) {
      sum += buffers[i].remaining();
    }
    return (int) Math.min(sum, Integer.MAX_VALUE);
  }

  static void scatter(ByteBuffer content, int length, ByteBuffer[] targets, int offset, int count)
      throws TlsException {
    int done = 0;
    for (int i = offset; i < offset + count && done < length; i++) {
      ByteBuffer target = targets[i];
      int some = Math.min(target.remaining(), length - done);
      target.put(target.position(), content, done, some);
      target.position(target.position() + some);
      done += some;
    }
    if (done < length) {
      throw TlsException.of(Reason.INTERNAL, "a record that holds more than it can");
    }
  }

  static X509Certificate[] chain(List<byte[]> der) throws TlsException {
    X509Certificate[] chain = new X509Certificate[der.size()];
    for (int i = 0; i < chain.length; i++) {
      chain[i] = Certificates.parse(der.get(i), "the peer's certificate " + i);
    }
    return chain;
  }

  /// {@return the most octets that a record can hold, as the JDK's engine guesses}
  static int content(int packet, @Nullable TlsDigest digest) {
    if (packet <= 0) {
      return MAX_CONTENT;
    }
    boolean nonce =
        digest != null
            && digest.version() == TlsVersion.TLS_1_2
            && digest.cipher().contains("_GCM_"); // RFC 5288 §3
    return packet - HEADER - TAG - (nonce ? EXPLICIT_NONCE : 0);
  }

  /// {@return the key exchange, in the words that trust managers expect}
  static String authType(X509Certificate peer, TlsDigest digest, boolean client) {
    if (!client) {
      return peer.getPublicKey().getAlgorithm();
    }
    if (digest.version() == TlsVersion.TLS_1_3) {
      return "UNKNOWN"; // as the JDK: no key exchange belongs to the certificate
    }
    return digest.cipher().contains("_RSA_") ? "ECDHE_RSA" : "ECDHE_ECDSA";
  }
}

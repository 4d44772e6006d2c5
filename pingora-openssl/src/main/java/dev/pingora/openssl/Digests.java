// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.pingora.tls.TlsDigest;
import dev.pingora.tls.TlsVersion;
import dev.pingora.tls.ffm.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads off an SSL what was agreed on.
record Digests(OpenSsl library, long ssl) {
  private static final int HOST_NAME = 0;

  /// {@return the digest}
  ///
  /// @param name whom a client asked for; null for servers
  TlsDigest of(TlsVersion version, @Nullable PeerName name) {
    SslCalls calls = library.ssl;
    boolean resumed = calls.reused(ssl) == 1;
    long cipher = calls.cipherName(calls.currentCipher(ssl));
    return new TlsDigest(
        version,
        cipher == 0 ? "unknown" : NativeLibrary.string(cipher),
        // Resumption in TLS 1.2 exchanges no keys.
        resumed && version == TlsVersion.TLS_1_2 ? null : group(),
        alpn(),
        name == null ? askedFor() : name.serverName().isEmpty() ? null : name.serverName(),
        resumed,
        chain());
  }

  private @Nullable String group() {
    int told = (int) library.ssl.control(ssl, Control.NEGOTIATED_GROUP, 0, 0);
    return told == 0 ? null : Control.groupName(told);
  }

  private @Nullable String alpn() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(JAVA_LONG, 0);
      MemorySegment length = arena.allocateFrom(JAVA_INT, 0);
      library.ssl.alpnSelected(ssl, name.address(), length.address());
      int octets = length.get(JAVA_INT, 0);
      return octets == 0
          ? null
          : new String(Encoded.copy(name.get(JAVA_LONG, 0), octets), StandardCharsets.ISO_8859_1);
    }
  }

  private @Nullable String askedFor() {
    long name = library.ssl.serverName(ssl, HOST_NAME);
    return name == 0 ? null : NativeLibrary.string(name);
  }

  /// {@return the peer's certificates, its own first} A server's list of a client's chain lacks the
  /// client's own.
  private List<byte[]> chain() {
    List<byte[]> chain = new ArrayList<>();
    CryptoCalls crypto = library.crypto;
    long leaf = library.ssl.peerCertificate(ssl);
    if (leaf == 0) {
      return chain;
    }
    chain.add(Encoded.der(crypto, leaf));
    crypto.certificateFree(leaf);
    long stack = library.ssl.peerChain(ssl);
    int count = stack == 0 ? 0 : crypto.count(stack);
    for (int i = 0; i < count; i++) {
      byte[] der = Encoded.der(crypto, crypto.element(stack, i));
      if (i > 0 || !Arrays.equals(der, chain.getFirst())) {
        chain.add(der);
      }
    }
    return chain;
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.pingora.tls.CipherSuite;
import dev.pingora.tls.TlsDigest;
import dev.pingora.tls.TlsVersion;
import dev.pingora.tls.ffm.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads off a connection what was agreed on.
record Digests(S2n library, long connection) {
  private static final int TLS_1_3 = 34;

  /// {@return the version spoken}
  TlsVersion version() {
    return library.digests.version(connection) == TLS_1_3 ? TlsVersion.TLS_1_3 : TlsVersion.TLS_1_2;
  }

  /// {@return the number of the suite}
  int cipher() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment code = arena.allocate(2);
      library.digests.cipher(connection, code.address(), code.address() + 1);
      return (code.get(JAVA_BYTE, 0) & 0xff) << 8 | code.get(JAVA_BYTE, 1) & 0xff;
    }
  }

  TlsDigest all(@Nullable String serverName) {
    int code = cipher();
    Optional<CipherSuite> suite = CipherSuite.of(code);
    boolean resumed = library.digests.resumed(connection) == 1;
    return new TlsDigest(
        version(),
        suite.map(CipherSuite::name).orElseGet(() -> "0x" + Integer.toHexString(code)),
        group(),
        text(library.connections.protocol(connection)),
        serverName,
        resumed,
        resumed ? List.of() : chain());
  }

  /// {@return the group; null when no keys were exchanged}
  private @Nullable String group() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocate(JAVA_LONG);
      return library.digests.group(connection, name.address()) < 0
          ? null
          : text(name.get(JAVA_LONG, 0));
    }
  }

  /// {@return the name a client asked for; null for none}
  @Nullable String askedFor() {
    return text(library.connections.serverName(connection));
  }

  private static @Nullable String text(long address) {
    String text = address == 0 ? "" : NativeLibrary.string(address);
    return text.isEmpty() ? null : text;
  }

  /// {@return the peer's certificates, its own first; empty when they were not checked}
  private List<byte[]> chain() {
    List<byte[]> chain = new ArrayList<>();
    long certificates = library.configs.newCertificate();
    if (certificates == 0) {
      return chain;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment at = arena.allocate(JAVA_LONG, 2);
      if (library.digests.peerChain(connection, certificates) == 0
          && library.digests.length(certificates, at.address()) == 0) {
        int count = at.get(JAVA_INT, 0);
        // It ends in the root that was found for it, which the peer need not have sent.
        for (int i = 0; i < (count > 1 ? count - 1 : count); i++) {
          chain.add(der(certificates, i, at));
        }
      }
      return chain;
    } finally {
      library.configs.freeCertificate(certificates);
    }
  }

  /// {@return a certificate of a chain; empty when there is none}
  ///
  /// @param at room for two words
  private byte[] der(long certificates, int index, MemorySegment at) {
    if (library.digests.certificate(certificates, at.address(), index) != 0
        || library.digests.der(at.get(JAVA_LONG, 0), at.address(), at.address() + 8) != 0) {
      return new byte[0];
    }
    // SAFETY: the address and length of what the chain holds until it is freed.
    return NativeLibrary.MEMORY
        .asSlice(at.get(JAVA_LONG, 0), at.get(JAVA_INT, 8))
        .toArray(JAVA_BYTE);
  }

  /// {@return the subjectAltName of the peer's own certificate, DER; empty when it has none}
  byte[] alternativeNames() {
    long certificates = library.configs.newCertificate();
    if (certificates == 0) {
      return new byte[0];
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment at = arena.allocate(JAVA_LONG, 2);
      return library.digests.peerChain(connection, certificates) == 0
          ? AlternativeNames.of(der(certificates, 0, at))
          : new byte[0];
    } finally {
      library.configs.freeCertificate(certificates);
    }
  }
}

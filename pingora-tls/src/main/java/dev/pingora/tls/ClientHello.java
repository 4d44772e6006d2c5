// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a client says first (RFC 8446 §4.1.2), as far as servers choose by it. Numbers are as they
/// came, GREASE (RFC 8701) included.
///
/// @param legacyVersion the version field, which no longer says much
/// @param suites cipher suites offered
/// @param extensions types of the extensions, in their order
/// @param serverName name asked for (SNI), in lower case; null for none
/// @param alpn protocols offered; empty = no such extension
/// @param groups key exchange groups supported
/// @param signatureSchemes signatures understood; empty = no such extension
/// @param versions versions of supported_versions; empty = no such extension
public record ClientHello(
    int legacyVersion,
    List<Integer> suites,
    List<Integer> extensions,
    @Nullable String serverName,
    List<String> alpn,
    List<Integer> groups,
    List<Integer> signatureSchemes,
    List<Integer> versions) {
  private static final int FALLBACK_SCSV = 0x5600;

  public ClientHello {
    suites = List.copyOf(suites);
    extensions = List.copyOf(extensions);
    alpn = List.copyOf(alpn);
    groups = List.copyOf(groups);
    signatureSchemes = List.copyOf(signatureSchemes);
    versions = List.copyOf(versions);
  }

  /// {@return whether the client speaks a version}
  public boolean speaks(TlsVersion version) {
    return versions.isEmpty()
        ? legacyVersion >= version.code() && version == TlsVersion.TLS_1_2
        : versions.contains(version.code());
  }

  /// {@return whether the client says that it offers less than it can, to a server that can more}
  /// RFC 7507: somebody on the way may have driven it to that.
  ///
  /// @param newest version of the server
  public boolean fallsBack(TlsVersion newest) {
    return suites.contains(FALLBACK_SCSV) && !speaks(newest);
  }

  /// {@return whether a number is one of those that mean nothing (RFC 8701)}
  static boolean isGrease(int number) {
    return (number & 0x0f0f) == 0x0a0a && number >>> 8 == (number & 0xff);
  }
}

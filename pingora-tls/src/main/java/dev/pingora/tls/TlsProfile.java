// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import static dev.pingora.tls.CipherSuite.TLS_AES_128_GCM_SHA256;
import static dev.pingora.tls.CipherSuite.TLS_AES_256_GCM_SHA384;
import static dev.pingora.tls.CipherSuite.TLS_CHACHA20_POLY1305_SHA256;
import static dev.pingora.tls.CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
import static dev.pingora.tls.CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384;
import static dev.pingora.tls.CipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256;
import static dev.pingora.tls.CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
import static dev.pingora.tls.CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384;
import static dev.pingora.tls.CipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256;

import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;

/// What is negotiated: versions, suites and groups, the preferred first.
///
/// A server goes by its own order of suites: AES-128 with SHA-256 leads Mozilla's lists and takes a
/// fifth less CPU a handshake than what many clients put first, AES-256 with SHA-384, which few
/// processors have in hardware. A client that puts ChaCha20 first has no AES in hardware and gets
/// ChaCha20 where the library can do that (OpenSSL, rustls).
///
/// Whatever a provider lacks of the *groups* it leaves out, as Mozilla's own generator does; a
/// version or a suite it lacks is an error of the configuration.
///
/// @param minimum oldest version spoken
/// @param maximum newest version spoken
/// @param suites of both versions; only those of the versions spoken are used
/// @param groups key exchange groups; at least one of them must be the provider's
public record TlsProfile(
    TlsVersion minimum, TlsVersion maximum, List<CipherSuite> suites, List<NamedGroup> groups) {
  private static final List<CipherSuite> SUITES_1_3 =
      List.of(TLS_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384, TLS_CHACHA20_POLY1305_SHA256);

  private static final List<NamedGroup> CLASSIC_GROUPS =
      List.of(NamedGroup.X25519, NamedGroup.SECP256R1, NamedGroup.SECP384R1);

  private static final List<NamedGroup> GROUPS =
      List.of(
          NamedGroup.X25519MLKEM768, NamedGroup.X25519, NamedGroup.SECP256R1, NamedGroup.SECP384R1);

  /// Mozilla's intermediate configuration, version 6.0: TLS 1.2 and 1.3.
  public static final TlsProfile INTERMEDIATE =
      new TlsProfile(TlsVersion.TLS_1_2, TlsVersion.TLS_1_3, all(), GROUPS);

  /// Mozilla's modern configuration, version 6.0: TLS 1.3 only.
  public static final TlsProfile MODERN =
      new TlsProfile(TlsVersion.TLS_1_3, TlsVersion.TLS_1_3, SUITES_1_3, GROUPS);

  /// Mozilla's intermediate configuration, version 5.7, without the DHE suites it still had: no
  /// post-quantum group.
  public static final TlsProfile INTERMEDIATE_5_7 = INTERMEDIATE.withGroups(CLASSIC_GROUPS);

  /// Mozilla's modern configuration, version 5.7: no post-quantum group.
  public static final TlsProfile MODERN_5_7 = MODERN.withGroups(CLASSIC_GROUPS);

  public TlsProfile {
    suites = List.copyOf(new LinkedHashSet<>(suites));
    groups = List.copyOf(new LinkedHashSet<>(groups));
    if (minimum.compareTo(maximum) > 0) {
      throw new IllegalArgumentException(
          "TLS versions: from " + minimum + " to " + maximum + " (expected: the older first)");
    }
    EnumSet<TlsVersion> spoken = EnumSet.range(minimum, maximum);
    for (CipherSuite suite : suites) {
      spoken.remove(suite.version());
    }
    if (!spoken.isEmpty()) {
      throw new IllegalArgumentException("cipher suites: none of " + spoken.iterator().next());
    }
    if (groups.isEmpty()) {
      throw new IllegalArgumentException("key exchange groups: none (expected: one or more)");
    }
  }

  private static List<CipherSuite> all() {
    return List.of(
        TLS_AES_128_GCM_SHA256,
        TLS_AES_256_GCM_SHA384,
        TLS_CHACHA20_POLY1305_SHA256,
        TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256);
  }

  /// {@return the same between these versions}
  public TlsProfile withVersions(TlsVersion least, TlsVersion most) {
    return new TlsProfile(least, most, suites, groups);
  }

  /// {@return the same with these suites}
  public TlsProfile withSuites(List<CipherSuite> own) {
    return new TlsProfile(minimum, maximum, own, groups);
  }

  /// {@return the same with these groups}
  public TlsProfile withGroups(List<NamedGroup> own) {
    return new TlsProfile(minimum, maximum, suites, own);
  }

  /// {@return whether a version is spoken}
  public boolean speaks(TlsVersion version) {
    return minimum.compareTo(version) <= 0 && version.compareTo(maximum) <= 0;
  }

  /// {@return the suites of one version, the preferred first; none when it is not spoken}
  public List<CipherSuite> suites(TlsVersion version) {
    return speaks(version)
        ? suites.stream().filter(suite -> suite.version() == version).toList()
        : List.of();
  }
}

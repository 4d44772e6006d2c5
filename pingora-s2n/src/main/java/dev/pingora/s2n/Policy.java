// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import static dev.pingora.tls.CipherSuite.TLS_AES_128_GCM_SHA256;
import static dev.pingora.tls.CipherSuite.TLS_AES_256_GCM_SHA384;
import static dev.pingora.tls.CipherSuite.TLS_CHACHA20_POLY1305_SHA256;
import static dev.pingora.tls.CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
import static dev.pingora.tls.CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384;
import static dev.pingora.tls.CipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256;
import static dev.pingora.tls.CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
import static dev.pingora.tls.CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384;
import static dev.pingora.tls.CipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256;
import static dev.pingora.tls.NamedGroup.SECP256R1;
import static dev.pingora.tls.NamedGroup.SECP256R1MLKEM768;
import static dev.pingora.tls.NamedGroup.SECP384R1;
import static dev.pingora.tls.NamedGroup.X25519;
import static dev.pingora.tls.NamedGroup.X25519MLKEM768;

import dev.pingora.tls.CipherSuite;
import dev.pingora.tls.NamedGroup;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProfile;
import dev.pingora.tls.TlsVersion;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// One of s2n's security policies: a name stands for versions, suites and groups, and there is no
/// other way to choose them.
///
/// The table has what s2n's own `tests/policy_snapshot` says of those policies that hold nothing
/// but AEAD suites with forward secrecy. A profile must be the same as a policy, order included,
/// but:
///
/// - Groups that none of the policies has are dropped.
/// - SecP256r1MLKEM768 comes with X25519MLKEM768 and secp256r1, though it is not in the profile.
/// - No policy has TLS 1.2 alone with AEAD alone: that of the four AES-GCM suites also has CBC, and
///   secp521r1. Its CBC suites come last; a handshake that ends in one is failed. It lacks
///   ChaCha20.
record Policy(
    String name,
    TlsVersion minimum,
    TlsVersion maximum,
    List<CipherSuite> suites,
    List<NamedGroup> groups) {
  private static final List<CipherSuite> AES_1_3 =
      List.of(TLS_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384);
  private static final List<CipherSuite> ALL_1_3 = plus(AES_1_3, TLS_CHACHA20_POLY1305_SHA256);
  private static final List<CipherSuite> AES_1_2 =
      List.of(
          TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
          TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
          TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
          TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384);
  private static final List<CipherSuite> CHACHA_1_2 =
      List.of(
          TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
          TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256);

  private static final List<NamedGroup> CLASSIC = List.of(X25519, SECP256R1, SECP384R1);
  private static final List<NamedGroup> NIST = List.of(SECP256R1, SECP384R1);
  private static final List<NamedGroup> HYBRID = List.of(X25519MLKEM768, SECP256R1MLKEM768);

  /// TLS 1.2 alone.
  private static final String ONLY_1_2 = "20240501";

  private static final List<Policy> ALL =
      List.of(
          both("CloudFront-TLS-1-2-2021-no-sha1", everything(), plus(HYBRID, CLASSIC)),
          both("CloudFront-TLS-1-2-2021-no-sha1-no-pq", everything(), CLASSIC),
          both("CloudFront-TLS-1-2-2025", plus(AES_1_3, AES_1_2), plus(HYBRID, NIST)),
          both("CloudFront-TLS-1-2-2025-no-pq", plus(AES_1_3, AES_1_2), NIST),
          newest("CloudFront-TLS-1-3-2025", plus(HYBRID, CLASSIC)),
          newest("CloudFront-TLS-1-3-2025-no-pq", CLASSIC),
          newest("CloudFront-Upstream-TLS-1-3-2025", List.of(SECP256R1, X25519, SECP384R1)));

  private static final Set<NamedGroup> KNOWN =
      EnumSet.of(X25519MLKEM768, SECP256R1MLKEM768, X25519, SECP256R1, SECP384R1);

  Policy {
    suites = List.copyOf(suites);
    groups = List.copyOf(groups);
  }

  private static Policy both(String name, List<CipherSuite> suites, List<NamedGroup> groups) {
    return new Policy(name, TlsVersion.TLS_1_2, TlsVersion.TLS_1_3, suites, groups);
  }

  private static Policy newest(String name, List<NamedGroup> groups) {
    return new Policy(name, TlsVersion.TLS_1_3, TlsVersion.TLS_1_3, ALL_1_3, groups);
  }

  private static List<CipherSuite> everything() {
    return plus(plus(ALL_1_3, AES_1_2), CHACHA_1_2);
  }

  private static <T> List<T> plus(List<T> some, List<T> more) {
    List<T> all = new ArrayList<>(some);
    all.addAll(more);
    return all;
  }

  private static <T> List<T> plus(List<T> some, T one) {
    return plus(some, List.of(one));
  }

  /// {@return the policy that does what a profile says}
  ///
  /// @throws TlsException CONFIGURATION when there is none
  static Policy of(TlsProfile profile) throws TlsException {
    List<NamedGroup> wanted = new ArrayList<>(profile.groups());
    wanted.retainAll(KNOWN);
    if (profile.maximum() == TlsVersion.TLS_1_2) {
      return oldest(profile, wanted);
    }
    for (Policy policy : ALL) {
      if (policy.minimum == profile.minimum()
          && policy.maximum == profile.maximum()
          && policy.hasSuitesOf(profile)
          && policy.hasGroups(wanted)) {
        return policy;
      }
    }
    throw none(profile);
  }

  private static TlsException none(TlsProfile profile) {
    return TlsException.of(
        TlsException.Reason.CONFIGURATION,
        "s2n: no security policy has "
            + profile.minimum()
            + " to "
            + profile.maximum()
            + " with just these suites "
            + profile.suites()
            + " and groups "
            + profile.groups());
  }

  private static Policy oldest(TlsProfile profile, List<NamedGroup> wanted) throws TlsException {
    List<CipherSuite> suites = new ArrayList<>(profile.suites(TlsVersion.TLS_1_2));
    suites.removeAll(CHACHA_1_2);
    wanted.removeAll(HYBRID); // of TLS 1.3
    if (!suites.equals(AES_1_2) || !EnumSet.copyOf(CLASSIC).equals(Set.copyOf(wanted))) {
      throw none(profile);
    }
    return new Policy(ONLY_1_2, TlsVersion.TLS_1_2, TlsVersion.TLS_1_2, AES_1_2, wanted);
  }

  private boolean hasSuitesOf(TlsProfile profile) {
    for (TlsVersion version : TlsVersion.values()) {
      List<CipherSuite> own = suites.stream().filter(it -> it.version() == version).toList();
      if (profile.speaks(version) && !own.equals(profile.suites(version))) {
        return false;
      }
    }
    return true;
  }

  private boolean hasGroups(List<NamedGroup> wanted) {
    if (groups.equals(wanted)) {
      return true;
    }
    boolean halves = wanted.contains(X25519MLKEM768) && wanted.contains(SECP256R1);
    return halves && groups.stream().filter(it -> it != SECP256R1MLKEM768).toList().equals(wanted);
  }
}

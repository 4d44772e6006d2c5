// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which certificate a server shows: found by the name that the client asks for, then by the kind
/// of key it understands. Immutable and thread-safe.
public final class CertificateStore {
  private static final String WILDCARD = "*.";

  /// First and last code of the signature schemes of a kind of key, inclusive (RFC 8446 §4.2.3).
  private static final Map<KeyType, List<Integer>> SCHEMES =
      Map.of(
          KeyType.RSA, List.of(0x0804, 0x0805, 0x0806),
          KeyType.RSA_PSS, List.of(0x0809, 0x080a, 0x080b),
          KeyType.EC_P256, List.of(0x0403),
          KeyType.EC_P384, List.of(0x0503),
          KeyType.EC_P521, List.of(0x0603),
          KeyType.ED25519, List.of(0x0807));

  /// rsa_pkcs1_sha256, _sha384, _sha512: of certificates with RSA keys in TLS 1.2.
  private static final List<Integer> PKCS1 = List.of(0x0401, 0x0501, 0x0601);

  private final List<CertKey> fallback;
  private final Map<String, List<CertKey>> byName;

  private CertificateStore(List<CertKey> fallback, Map<String, List<CertKey>> byName) {
    this.fallback = fallback;
    this.byName = byName;
  }

  /// {@return a store of these certificates} The first is the default, for clients that ask for no
  /// name or an unknown one; others for the same names, with other kinds of key, stand beside it.
  ///
  /// @throws IllegalArgumentException when there is none
  public static CertificateStore of(List<CertKey> certificates) {
    if (certificates.isEmpty()) {
      throw new IllegalArgumentException("certificates: none (expected: one or more)");
    }
    Map<String, List<CertKey>> byName = new HashMap<>();
    for (CertKey certificate : certificates) {
      for (String name : certificate.names()) {
        byName.computeIfAbsent(name, _ -> new ArrayList<>()).add(certificate);
      }
    }
    List<String> names = certificates.getFirst().names();
    List<CertKey> fallback =
        certificates.stream().filter(other -> other.names().equals(names)).toList();
    return new CertificateStore(fallback, byName);
  }

  /// {@return the certificate for a client}
  ///
  /// @param spoken what the server speaks: which kinds of key a client takes depends on the version
  public CertKey choose(ClientHello hello, TlsProfile spoken) {
    List<CertKey> candidates = candidates(hello.serverName());
    for (CertKey candidate : candidates) {
      if (isUnderstood(candidate.type(), hello, spoken)) {
        return candidate;
      }
    }
    return candidates.getFirst();
  }

  /// {@return the certificate for clients that cannot be understood}
  public CertKey first() {
    return fallback.getFirst();
  }

  /// {@return those for a name: exactly this one, else the wildcard of its domain, else the
  /// default}
  private List<CertKey> candidates(@Nullable String name) {
    if (name == null) {
      return fallback;
    }
    String wanted = name.toLowerCase(Locale.ROOT);
    List<CertKey> exact = byName.get(wanted);
    if (exact != null) {
      return exact;
    }
    int dot = wanted.indexOf('.');
    List<CertKey> wildcard = dot > 0 ? byName.get(WILDCARD + wanted.substring(dot + 1)) : null;
    return wildcard == null ? fallback : wildcard;
  }

  static boolean isUnderstood(KeyType type, ClientHello hello, TlsProfile spoken) {
    List<Integer> schemes = hello.signatureSchemes();
    boolean signs = SCHEMES.getOrDefault(type, List.of()).stream().anyMatch(schemes::contains);
    if (hello.speaks(TlsVersion.TLS_1_3) && spoken.speaks(TlsVersion.TLS_1_3)) {
      return signs;
    }
    boolean rsa = type == KeyType.RSA || type == KeyType.RSA_PSS;
    boolean understood =
        signs
            || schemes.isEmpty() && type != KeyType.RSA_PSS && type != KeyType.ED25519
            || type == KeyType.RSA && PKCS1.stream().anyMatch(schemes::contains);
    return understood
        && spoken.suites(TlsVersion.TLS_1_2).stream()
            .anyMatch(suite ->
                suite.name().contains(rsa ? "_RSA_" : "_ECDSA_")
                    && hello.suites().contains(suite.code()));
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A chain in the order TLS wants: each certificate issued by the next. The root is left out:
/// whoever trusts it has it (RFC 8446 §4.4.2).
///
/// @param warnings what is odd about it, a line each
record CertificateChain(List<X509Certificate> certificates, List<String> warnings) {
  CertificateChain {
    certificates = List.copyOf(certificates);
    warnings = List.copyOf(warnings);
  }

  /// {@return the chain that begins with `leaf`}
  ///
  /// @param from where issuers are looked for
  static CertificateChain from(X509Certificate leaf, List<X509Certificate> from) {
    List<X509Certificate> chain = new ArrayList<>(List.of(leaf));
    List<X509Certificate> left = new ArrayList<>(from);
    left.remove(leaf);
    List<String> warnings = new ArrayList<>();
    boolean gap = false;
    X509Certificate last = leaf;
    while (!isSelfIssued(last)) {
      X509Certificate issuer = issuer(last, left);
      if (issuer == null) {
        gap = last.equals(leaf);
        break;
      }
      left.remove(issuer);
      if (!isSelfIssued(issuer)) {
        chain.add(issuer);
      }
      last = issuer;
    }
    for (X509Certificate unused : left) {
      warnings.add("not part of the chain: " + unused.getSubjectX500Principal().getName());
    }
    if (gap) {
      warnings.add(
          "no certificate of the issuer "
              + leaf.getIssuerX500Principal().getName()
              + ": clients that do not know it will refuse this one");
    }
    return new CertificateChain(chain, warnings);
  }

  private static @Nullable X509Certificate issuer(
      X509Certificate certificate, List<X509Certificate> candidates) {
    for (X509Certificate candidate : candidates) {
      if (candidate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())
          && signed(certificate, candidate)) {
        return candidate;
      }
    }
    return null;
  }

  private static boolean signed(X509Certificate certificate, X509Certificate by) {
    try {
      certificate.verify(by.getPublicKey());
      return true;
    } catch (java.security.GeneralSecurityException e) {
      return false;
    }
  }

  private static boolean isSelfIssued(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
  }
}

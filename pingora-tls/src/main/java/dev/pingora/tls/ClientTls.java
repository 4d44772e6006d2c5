// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// How clients speak TLS.
///
/// @param alpn protocols offered, the preferred first; empty = none
/// @param verify what is checked of the server's certificate
/// @param roots who vouches for servers
/// @param alternativeName also accepted in the certificate, beside the name asked for; null for
///   none
/// @param certificate shown when the server asks; null for none
/// @param resumption sessions remembered to go on from, 0 = none; the oldest are forgotten
/// @param secondKeyShare sends a share for a second group, which saves a round trip with servers
///   that do not know the first; no effect where the provider cannot
/// @param keyLog takes the secrets; null for none
/// @param s2n what only s2n-tls has; null for nothing of it
public record ClientTls(
    TlsProfile profile,
    List<String> alpn,
    Verify verify,
    TrustRoots roots,
    @Nullable String alternativeName,
    @Nullable CertifiedKey certificate,
    int resumption,
    boolean secondKeyShare,
    @Nullable KeyLog keyLog,
    @Nullable S2nTls s2n) {
  /// Sessions remembered unless said otherwise.
  public static final int RESUMPTION = 256;

  public ClientTls {
    requireNonNull(profile, "profile");
    alpn = ProtocolNames.checked(alpn);
    requireNonNull(verify, "verify");
    requireNonNull(roots, "roots");
    if (resumption < 0) {
      throw new IllegalArgumentException("resumption: " + resumption + " (expected: 0 or more)");
    }
  }

  /// What every provider may be asked for.
  public ClientTls(
      TlsProfile profile,
      List<String> alpn,
      Verify verify,
      TrustRoots roots,
      @Nullable String alternativeName,
      @Nullable CertifiedKey certificate,
      int resumption,
      boolean secondKeyShare,
      @Nullable KeyLog keyLog) {
    this(
        profile,
        alpn,
        verify,
        roots,
        alternativeName,
        certificate,
        resumption,
        secondKeyShare,
        keyLog,
        null);
  }

  /// {@return an intermediate profile, no ALPN, chain and name checked against the system's roots}
  public static ClientTls standard() {
    return new ClientTls(
        TlsProfile.INTERMEDIATE,
        List.of(),
        Verify.CHAIN_AND_NAME,
        TrustRoots.system(),
        null,
        null,
        RESUMPTION,
        true,
        null);
  }

  /// {@return the same with another profile}
  public ClientTls withProfile(TlsProfile own) {
    return new ClientTls(
        own,
        alpn,
        verify,
        roots,
        alternativeName,
        certificate,
        resumption,
        secondKeyShare,
        keyLog,
        s2n);
  }

  /// {@return the same, offering these protocols}
  public ClientTls withAlpn(List<String> protocols) {
    return new ClientTls(
        profile,
        protocols,
        verify,
        roots,
        alternativeName,
        certificate,
        resumption,
        secondKeyShare,
        keyLog,
        s2n);
  }

  /// {@return the same, checking this much against these roots}
  public ClientTls withVerify(Verify what, TrustRoots against) {
    return new ClientTls(
        profile,
        alpn,
        what,
        against,
        alternativeName,
        certificate,
        resumption,
        secondKeyShare,
        keyLog,
        s2n);
  }

  /// {@return the same, also accepting a certificate for `name`}
  public ClientTls withAlternativeName(@Nullable String name) {
    return new ClientTls(
        profile, alpn, verify, roots, name, certificate, resumption, secondKeyShare, keyLog, s2n);
  }

  /// {@return the same, with a certificate to show}
  public ClientTls withCertificate(@Nullable CertifiedKey own) {
    return new ClientTls(
        profile,
        alpn,
        verify,
        roots,
        alternativeName,
        own,
        resumption,
        secondKeyShare,
        keyLog,
        s2n);
  }

  /// {@return the same, remembering so many sessions}
  public ClientTls withResumption(int sessions) {
    return new ClientTls(
        profile,
        alpn,
        verify,
        roots,
        alternativeName,
        certificate,
        sessions,
        secondKeyShare,
        keyLog,
        s2n);
  }

  /// {@return the same, with or without a second key share}
  public ClientTls withSecondKeyShare(boolean sent) {
    return new ClientTls(
        profile, alpn, verify, roots, alternativeName, certificate, resumption, sent, keyLog, s2n);
  }

  /// {@return the same, telling its secrets}
  public ClientTls withKeyLog(@Nullable KeyLog log) {
    return new ClientTls(
        profile,
        alpn,
        verify,
        roots,
        alternativeName,
        certificate,
        resumption,
        secondKeyShare,
        log,
        s2n);
  }

  /// {@return the same, with what only s2n-tls has}
  public ClientTls withS2n(@Nullable S2nTls own) {
    return new ClientTls(
        profile,
        alpn,
        verify,
        roots,
        alternativeName,
        certificate,
        resumption,
        secondKeyShare,
        keyLog,
        own);
  }

  /// For providers that are not s2n-tls: refuses what they cannot honour.
  ///
  /// @param provider its id
  /// @throws TlsException CONFIGURATION
  public void requireNoS2n(String provider) throws TlsException {
    if (s2n != null && !s2n.equals(S2nTls.NOTHING)) {
      throw TlsException.of(
          TlsException.Reason.CONFIGURATION,
          provider + ": psk, security policy, max blinding delay: only s2n has them");
    }
  }
}

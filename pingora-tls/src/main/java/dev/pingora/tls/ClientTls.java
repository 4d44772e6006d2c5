// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.function.Consumer;
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
/// @param nativeSettings makes further settings on the library's own object; null for none
public record ClientTls(
    TlsProfile profile,
    List<String> alpn,
    Verify verify,
    TrustRoots roots,
    @Nullable String alternativeName,
    @Nullable CertKey certificate,
    int resumption,
    boolean secondKeyShare,
    @Nullable KeyLog keyLog,
    @Nullable S2nTls s2n,
    @Nullable NativeSettings nativeSettings) {
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

  /// {@return an intermediate profile, no ALPN, chain and name checked against the system's roots}
  public static ClientTls standard() {
    return new Draft().build();
  }

  /// {@return the same with another profile}
  public ClientTls withProfile(TlsProfile own) {
    return with(draft -> draft.profile = own);
  }

  /// {@return the same, offering these protocols}
  public ClientTls withAlpn(List<String> protocols) {
    return with(draft -> draft.alpn = protocols);
  }

  /// {@return the same, checking this much against these roots}
  public ClientTls withVerify(Verify what, TrustRoots against) {
    return with(draft -> {
      draft.verify = what;
      draft.roots = against;
    });
  }

  /// {@return the same, also accepting a certificate for `name`}
  public ClientTls withAlternativeName(@Nullable String name) {
    return with(draft -> draft.alternativeName = name);
  }

  /// {@return the same, with a certificate to show}
  public ClientTls withCertificate(@Nullable CertKey own) {
    return with(draft -> draft.certificate = own);
  }

  /// {@return the same, remembering so many sessions}
  public ClientTls withResumption(int sessions) {
    return with(draft -> draft.resumption = sessions);
  }

  /// {@return the same, with or without a second key share}
  public ClientTls withSecondKeyShare(boolean sent) {
    return with(draft -> draft.secondKeyShare = sent);
  }

  /// {@return the same, telling its secrets}
  public ClientTls withKeyLog(@Nullable KeyLog log) {
    return with(draft -> draft.keyLog = log);
  }

  /// {@return the same, with what only s2n-tls has}
  public ClientTls withS2n(@Nullable S2nTls own) {
    return with(draft -> draft.s2n = own);
  }

  /// {@return the same, with further settings on the library's own object}
  public ClientTls withNativeSettings(@Nullable NativeSettings own) {
    return with(draft -> draft.nativeSettings = own);
  }

  private ClientTls with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.build();
  }

  /// The components while one of them is changed; confined to one thread.
  private static final class Draft {
    private TlsProfile profile = TlsProfile.INTERMEDIATE;
    private List<String> alpn = List.of();
    private Verify verify = Verify.CHAIN_AND_NAME;
    private TrustRoots roots = TrustRoots.system();
    private @Nullable String alternativeName;
    private @Nullable CertKey certificate;
    private int resumption = RESUMPTION;
    private boolean secondKeyShare = true;
    private @Nullable KeyLog keyLog;
    private @Nullable S2nTls s2n;
    private @Nullable NativeSettings nativeSettings;

    Draft() {}

    Draft(ClientTls from) {
      profile = from.profile;
      alpn = from.alpn;
      verify = from.verify;
      roots = from.roots;
      alternativeName = from.alternativeName;
      certificate = from.certificate;
      resumption = from.resumption;
      secondKeyShare = from.secondKeyShare;
      keyLog = from.keyLog;
      s2n = from.s2n;
      nativeSettings = from.nativeSettings;
    }

    ClientTls build() {
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
          s2n,
          nativeSettings);
    }
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

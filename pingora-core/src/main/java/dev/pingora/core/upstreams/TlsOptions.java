// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.upstreams;

import static java.util.Objects.requireNonNull;

import dev.pingora.tls.CipherSuite;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.KeyLog;
import dev.pingora.tls.NamedGroup;
import dev.pingora.tls.NativeSettings;
import dev.pingora.tls.S2nTls;
import dev.pingora.tls.TlsProfile;
import dev.pingora.tls.TlsProviders;
import dev.pingora.tls.TlsVersion;
import dev.pingora.tls.TrustRoots;
import dev.pingora.tls.Verify;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// How a peer is spoken TLS with. Immutable; make variants with the methods. Keep and share
/// instances: contexts and pooled connections are found by them. A further option is a component
/// here, three lines in [Draft] and a method.
///
/// @param provider name of the TLS library, or `auto`
/// @param verify what is checked of the peer's certificate
/// @param roots who vouches for the peer
/// @param alternativeCn another name that the certificate may be for; null for none
/// @param profile versions, suites, groups
/// @param secondKeyshare sends a second key share where the provider can
/// @param resumption sessions remembered for all peers with these options, 0 = none
/// @param keyLog takes the secrets, null for none
/// @param s2n pre-shared key, security policy and blinding, which s2n alone has: another provider
///   fails each connect with an internal error that says so; null for none
/// @param nativeSettings makes further settings on the library's own object; with a provider that
///   takes none each connect fails as above; null for none
public record TlsOptions(
    String provider,
    Verify verify,
    TrustRoots roots,
    @Nullable String alternativeCn,
    TlsProfile profile,
    boolean secondKeyshare,
    int resumption,
    @Nullable KeyLog keyLog,
    @Nullable S2nTls s2n,
    @Nullable NativeSettings nativeSettings) {
  /// Any provider, chain and name checked against the system's roots, TLS 1.2 and 1.3.
  public static final TlsOptions DEFAULT = new Draft().done();

  public TlsOptions {
    requireNonNull(provider, "provider");
    requireNonNull(verify, "verify");
    requireNonNull(roots, "roots");
    requireNonNull(profile, "profile");
  }

  /// {@return the same by another library}
  public TlsOptions withProvider(String id) {
    return with(draft -> draft.provider = id);
  }

  /// {@return the same, checking this much}
  public TlsOptions withVerify(Verify what) {
    return with(draft -> draft.verify = what);
  }

  /// {@return the same, trusting these and no others}
  public TlsOptions withRoots(TrustRoots own) {
    return with(draft -> draft.roots = own);
  }

  /// {@return the same, accepting a certificate for `name` too}
  public TlsOptions withAlternativeCn(@Nullable String name) {
    return with(draft -> draft.alternativeCn = name);
  }

  /// {@return the same with another profile}
  public TlsOptions withProfile(TlsProfile own) {
    return with(draft -> draft.profile = own);
  }

  /// {@return the same between these versions}
  public TlsOptions withVersions(TlsVersion least, TlsVersion most) {
    return withProfile(profile.withVersions(least, most));
  }

  /// {@return the same with these groups, the preferred first}
  public TlsOptions withCurves(List<NamedGroup> groups) {
    return withProfile(profile.withGroups(groups));
  }

  /// {@return the same with these suites, the preferred first}
  public TlsOptions withCiphers(List<CipherSuite> suites) {
    return withProfile(profile.withSuites(suites));
  }

  /// {@return the same, with or without a second key share}
  public TlsOptions withSecondKeyshare(boolean sent) {
    return with(draft -> draft.secondKeyshare = sent);
  }

  /// {@return the same, remembering so many sessions}
  public TlsOptions withResumption(int sessions) {
    return with(draft -> draft.resumption = sessions);
  }

  /// {@return the same, telling its secrets}
  public TlsOptions withKeyLog(@Nullable KeyLog log) {
    return with(draft -> draft.keyLog = log);
  }

  /// {@return the same, with what only s2n-tls has}
  public TlsOptions withS2n(@Nullable S2nTls own) {
    return with(draft -> draft.s2n = own);
  }

  /// {@return the same, with further settings on the library's own object} Contexts are found by
  /// these options: give the same instance each time, not a new lambda for each request.
  public TlsOptions withNativeSettings(@Nullable NativeSettings own) {
    return with(draft -> draft.nativeSettings = own);
  }

  private TlsOptions with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.done();
  }

  /// Options while they are changed; confined to one call.
  private static final class Draft {
    String provider = TlsProviders.AUTO;
    Verify verify = Verify.CHAIN_AND_NAME;
    TrustRoots roots = TrustRoots.system();
    @Nullable String alternativeCn;
    TlsProfile profile = TlsProfile.INTERMEDIATE;
    boolean secondKeyshare = true;
    int resumption = ClientTls.RESUMPTION;
    @Nullable KeyLog keyLog;
    @Nullable S2nTls s2n;
    @Nullable NativeSettings nativeSettings;

    Draft() {}

    Draft(TlsOptions from) {
      provider = from.provider;
      verify = from.verify;
      roots = from.roots;
      alternativeCn = from.alternativeCn;
      profile = from.profile;
      secondKeyshare = from.secondKeyshare;
      resumption = from.resumption;
      keyLog = from.keyLog;
      s2n = from.s2n;
      nativeSettings = from.nativeSettings;
    }

    TlsOptions done() {
      return new TlsOptions(
          provider,
          verify,
          roots,
          alternativeCn,
          profile,
          secondKeyshare,
          resumption,
          keyLog,
          s2n,
          nativeSettings);
    }
  }
}

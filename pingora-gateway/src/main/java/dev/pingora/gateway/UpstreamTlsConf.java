// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.KeyFault;
import dev.pingora.tls.NamedGroup;
import dev.pingora.tls.S2nTls;
import dev.pingora.tls.TlsProviders;
import dev.pingora.tls.TlsVersion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How the servers of an upstream are spoken TLS with.
///
/// @param sni the name asked for; null = the server's address
/// @param verify whether their certificates are checked at all
/// @param verifyHostname whether they are checked for the name
/// @param ca PEM file of who vouches for them; null = whom the system trusts
/// @param alternativeCn another name accepted in the certificate
/// @param clientCert PEM file of a certificate to show; null = none
/// @param clientKey PEM file of its key
/// @param provider name of the TLS library, or `auto`
/// @param curves key exchange groups, the preferred first; empty = the library's usual
/// @param min oldest version
/// @param max newest version
/// @param s2n what only s2n has; null for nothing of it
record UpstreamTlsConf(
    @Nullable String sni,
    boolean verify,
    boolean verifyHostname,
    @Nullable Path ca,
    @Nullable String alternativeCn,
    @Nullable Path clientCert,
    @Nullable Path clientKey,
    String provider,
    List<NamedGroup> curves,
    TlsVersion min,
    TlsVersion max,
    S2n s2n) {
  /// What only s2n has.
  ///
  /// @param psk known to both ends before; null for none
  /// @param securityPolicy name of what is negotiated; null for none
  /// @param maxBlindingDelay the longest time that a failure is kept from the server; null for the
  ///   library's
  record S2n(
      @Nullable Psk psk, @Nullable String securityPolicy, @Nullable Duration maxBlindingDelay) {
    static final S2n NOTHING = new S2n(null, null, null);

    S2n {
      if (maxBlindingDelay != null && maxBlindingDelay.toNanosPart() != 0) {
        throw new KeyFault(
            "max_blinding_delay", "is " + maxBlindingDelay, "expected: whole seconds");
      }
    }
  }

  /// A pre-shared key.
  ///
  /// @param identity what the server knows it by
  /// @param secret file of its octets
  record Psk(String identity, Path secret, S2nTls.PresharedKey.Hmac hmac) {
    /// Collects a [Psk]; confined to one thread.
    static final class Builder {
      String identity = "client";
      Path secret = Path.of("psk");
      S2nTls.PresharedKey.Hmac hmac = S2nTls.PresharedKey.Hmac.SHA256;

      Psk build() {
        return new Psk(identity, secret, hmac);
      }
    }
  }

  UpstreamTlsConf {
    curves = List.copyOf(curves);
    if ((clientCert == null) != (clientKey == null)) {
      String missing = clientCert == null ? "client_cert" : "client_key";
      throw new KeyFault(missing, "is missing", "expected: client_cert and client_key together");
    }
    if (min.compareTo(max) > 0) {
      throw new KeyFault("min", "is above max", "expected: at most max");
    }
    if (!s2n.equals(S2n.NOTHING) && !provider.equals("s2n")) {
      String key =
          s2n.psk() != null
              ? "psk"
              : s2n.securityPolicy() != null ? "s2n_security_policy" : "max_blinding_delay";
      throw new KeyFault(key, "is for s2n only", "expected: provider: s2n");
    }
  }

  static Builder builder() {
    return new Builder();
  }

  /// Collects an [UpstreamTlsConf]; confined to one thread.
  static final class Builder {
    @Nullable String sni;
    boolean verify = true;
    boolean verifyHostname = true;
    @Nullable Path ca;
    @Nullable String alternativeCn;
    @Nullable Path clientCert;
    @Nullable Path clientKey;
    String provider = TlsProviders.AUTO;
    List<NamedGroup> curves = List.of();
    TlsVersion min = TlsVersion.TLS_1_2;
    TlsVersion max = TlsVersion.TLS_1_3;
    @Nullable Psk psk;
    @Nullable String securityPolicy;
    @Nullable Duration maxBlindingDelay;

    UpstreamTlsConf build() {
      return new UpstreamTlsConf(
          sni,
          verify,
          verifyHostname,
          ca,
          alternativeCn,
          clientCert,
          clientKey,
          provider,
          curves,
          min,
          max,
          new S2n(psk, securityPolicy, maxBlindingDelay));
    }
  }
}

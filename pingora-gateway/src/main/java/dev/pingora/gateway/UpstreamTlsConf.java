// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.KeyFault;
import dev.pingora.tls.NamedGroup;
import dev.pingora.tls.TlsProviders;
import dev.pingora.tls.TlsVersion;
import java.nio.file.Path;
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
    TlsVersion max) {
  UpstreamTlsConf {
    curves = List.copyOf(curves);
    if ((clientCert == null) != (clientKey == null)) {
      String missing = clientCert == null ? "client_cert" : "client_key";
      throw new KeyFault(missing, "is missing", "expected: client_cert and client_key together");
    }
    if (min.compareTo(max) > 0) {
      throw new KeyFault("min", "is above max", "expected: at most max");
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
          max);
    }
  }
}

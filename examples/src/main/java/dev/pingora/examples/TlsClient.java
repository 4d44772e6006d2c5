// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.examples;

import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProviders;
import dev.pingora.tls.engine.EngineProvider;
import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/// The JDK's HTTP client over a TLS library of one's choice. Explained in docs/guide/tls.md.
final class TlsClient {
  private TlsClient() {}

  /// {@return a client}
  ///
  /// @param provider `auto`, `s2n`, `openssl`, …
  /// @param trust who vouches for servers; null for whom the system trusts
  static HttpClient over(String provider, TrustManager @Nullable [] trust)
      throws GeneralSecurityException, TlsException {
    EngineProvider engines = EngineProvider.of(TlsProviders.installed().find(provider));
    SSLContext context = SSLContext.getInstance("TLS", engines);
    context.init(null, trust, null);
    return HttpClient.newBuilder().sslContext(context).build();
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls.engine;

import dev.pingora.tls.TrustRoots;
import java.security.KeyManagementException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// Whom an application trusts: the issuers of its trust manager, for the session's own verdict; and
/// the manager itself, which is asked too. A peer must please both.
///
/// So neither a manager that is stricter than its issuers say (pinning, revocation) nor the
/// library's own rules are lost. A manager that names no issuers would leave the library without a
/// verdict: it is refused.
///
/// @param manager null when the system's roots decide alone
record OwnTrust(TrustRoots roots, @Nullable X509TrustManager manager) {
  /// {@return what these managers stand for; null or none: the system's roots}
  ///
  /// @throws KeyManagementException when they cannot be honoured
  static OwnTrust of(TrustManager @Nullable [] managers) throws KeyManagementException {
    if (managers == null || managers.length == 0) {
      return new OwnTrust(TrustRoots.system(), null);
    }
    for (TrustManager manager : managers) {
      if (manager instanceof X509TrustManager known) {
        return new OwnTrust(roots(known), known);
      }
    }
    throw new KeyManagementException(
        "trust manager " + managers[0].getClass().getName() + " (expected: an X509TrustManager)");
  }

  private static TrustRoots roots(X509TrustManager manager) throws KeyManagementException {
    X509Certificate[] issuers = manager.getAcceptedIssuers();
    if (issuers == null || issuers.length == 0) {
      throw new KeyManagementException(
          "trust manager "
              + manager.getClass().getName()
              + " accepts no issuers (expected: one or more; trust in everybody is not possible)");
    }
    List<byte[]> der = new ArrayList<>();
    try {
      for (X509Certificate issuer : issuers) {
        der.add(issuer.getEncoded());
      }
    } catch (CertificateEncodingException e) {
      throw new KeyManagementException("an issuer without DER", e);
    }
    return TrustRoots.of(der);
  }

  /// Asks the manager.
  ///
  /// @param client whether the engine is a client's, so that the peer is a server
  void check(X509Certificate[] chain, String authType, SSLEngine engine, boolean client)
      throws CertificateException {
    X509TrustManager asked = manager;
    if (asked instanceof X509ExtendedTrustManager extended) {
      if (client) {
        extended.checkServerTrusted(chain, authType, engine);
      } else {
        extended.checkClientTrusted(chain, authType, engine);
      }
    } else if (asked != null && client) {
      asked.checkServerTrusted(chain, authType);
    } else if (asked != null) {
      asked.checkClientTrusted(chain, authType);
    }
  }
}

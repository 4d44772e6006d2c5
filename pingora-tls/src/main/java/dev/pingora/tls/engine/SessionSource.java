// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls.engine;

import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsSession;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;

/// Where an engine has its session from, once its settings are final.
interface SessionSource {
  /// {@return the session of one connection}
  ///
  /// @throws TlsException CONFIGURATION when the settings cannot be honoured
  TlsSession open(EngineSettings settings) throws TlsException;

  /// Has a full handshake's peer judged once more, by the application's own trust manager.
  ///
  /// @param chain the peer's, its own certificate first
  /// @throws CertificateException when it is not trusted
  void check(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException;

  /// {@return the chain we have to show, our own certificate first; empty for none}
  X509Certificate[] local();
}

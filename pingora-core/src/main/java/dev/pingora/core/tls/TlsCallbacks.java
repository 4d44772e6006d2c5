// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.tls;

import dev.pingora.runtime.RequestThread;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.ClientHello;
import org.jspecify.annotations.Nullable;

/// What a listener asks its user during a handshake. Called on a request thread of the connection's
/// loop: may block as phases may; other connections go on.
public interface TlsCallbacks {
  /// Chooses the certificate.
  ///
  /// Return the same object for the same certificate: contexts are kept by it.
  ///
  /// @param hello what the client said: name, protocols, groups, signatures
  /// @return null for the listener's own certificate
  /// @throws dev.pingora.error.ProxyException refuses the client, who is told access_denied
  /// @throws Exception is a fault: the client is told internal_error, the log a warning
  default @Nullable CertKey certificate(ClientHello hello, RequestThread thread) throws Exception {
    return null;
  }

  /// The handshake is complete; nothing was read yet. The place to look closer at a client's
  /// certificate.
  ///
  /// @return kept in [SslDigest#extension]; null for nothing
  /// @throws dev.pingora.error.ProxyException refuses the client: the connection is closed
  /// @throws Exception is a fault: the connection is closed, and the log gets a warning
  default @Nullable Object handshakeComplete(SslDigest digest, RequestThread thread)
      throws Exception {
    return null;
  }
}

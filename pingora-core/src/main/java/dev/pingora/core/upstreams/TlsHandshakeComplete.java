// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.upstreams;

import dev.pingora.core.tls.SslDigest;
import dev.pingora.error.ProxyException;
import dev.pingora.runtime.RequestThread;
import org.jspecify.annotations.Nullable;

/// Looks at an upstream connection whose TLS handshake is complete, before anything is sent on it:
/// once a connection, however many requests it carries.
///
/// Called on the request thread that connects: may block as phases may, but for the peer's
/// [PeerOptions#totalConnectionTimeout] nobody stops it.
@FunctionalInterface
public interface TlsHandshakeComplete {
  /// {@return what [SslDigest#extension] shall give, in all later phases of this request and of
  /// those that reuse the connection; null for nothing} Must be thread-safe.
  ///
  /// @throws ProxyException fails the attempt with this error; anything else that is thrown fails
  ///   it as an internal error. The connection is closed
  @Nullable Object keep(SslDigest digest, RequestThread thread) throws Exception;
}

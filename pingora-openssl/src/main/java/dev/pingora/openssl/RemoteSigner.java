// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import dev.pingora.tls.CertKey;
import dev.pingora.tls.TlsException;

/// How a library is made to sign with keys that only their security providers can use.
sealed interface RemoteSigner permits KeyMethods, SslMethod {
  /// Sees whether the library can do with such a key all that TLS may ask for.
  ///
  /// @throws TlsException CONFIGURATION, naming the key
  void check(CertKey key) throws TlsException;

  /// Has a context, whose certificate is set, sign with a key that was checked.
  ///
  /// @throws TlsException CONFIGURATION, naming the key
  void use(ContextSetup setup, RemoteKey key) throws TlsException;
}

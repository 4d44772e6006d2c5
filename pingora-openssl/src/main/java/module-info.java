// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

import org.jspecify.annotations.NullMarked;

/// TLS by the system's OpenSSL, 3.0 or newer.
@NullMarked
module dev.pingora.openssl {
  requires transitive dev.pingora.tls;
  requires static org.jspecify;

  exports dev.pingora.openssl;

  provides dev.pingora.tls.TlsProvider with
      dev.pingora.openssl.OpenSslProvider;
}

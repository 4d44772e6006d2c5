// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

import org.jspecify.annotations.NullMarked;

/// TLS as the proxy sees it, whichever library does it.
@NullMarked
@SuppressWarnings("module") // the native providers are compiled after this
module dev.pingora.tls {
  requires static org.jspecify;

  exports dev.pingora.tls;
  exports dev.pingora.tls.engine;
  exports dev.pingora.tls.ffm to
      dev.pingora.boringssl,
      dev.pingora.openssl,
      dev.pingora.rustls,
      dev.pingora.s2n;

  uses dev.pingora.tls.TlsProvider;
}

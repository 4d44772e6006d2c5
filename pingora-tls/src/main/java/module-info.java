// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

import org.jspecify.annotations.NullMarked;

/// TLS as the proxy sees it, whichever library does it.
@NullMarked
module dev.pingora.tls {
  requires static org.jspecify;

  exports dev.pingora.tls;

  uses dev.pingora.tls.TlsProvider;
}

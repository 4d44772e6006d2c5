// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

import org.jspecify.annotations.NullMarked;

/// TLS by s2n-tls, out of the aws-crt artifact.
@NullMarked
module dev.pingora.s2n {
  requires transitive dev.pingora.tls;
  requires static org.jspecify;

  exports dev.pingora.s2n;

  provides dev.pingora.tls.TlsProvider with
      dev.pingora.s2n.S2nProvider;
}

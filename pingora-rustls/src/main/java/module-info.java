// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

import org.jspecify.annotations.NullMarked;

/// TLS by rustls, a library in Rust that comes with this module.
@NullMarked
module dev.pingora.rustls {
  requires static org.jspecify;
  requires transitive dev.pingora.tls;

  exports dev.pingora.rustls;

  provides dev.pingora.tls.TlsProvider with
      dev.pingora.rustls.RustlsTls;
}

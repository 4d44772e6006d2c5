// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

import org.jspecify.annotations.NullMarked;

/// TLS by BoringSSL, which comes with this module.
@NullMarked
module dev.pingora.boringssl {
  requires static org.jspecify;
  requires dev.pingora.openssl;
  requires transitive dev.pingora.tls;

  exports dev.pingora.boringssl;

  provides dev.pingora.tls.TlsProvider with
      dev.pingora.boringssl.BoringSslProvider;
}

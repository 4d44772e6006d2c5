// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

import dev.pingora.jsse.JsseTls;
import dev.pingora.tls.TlsProvider;
import org.jspecify.annotations.NullMarked;

/// TLS by the JDK itself: no native library, everywhere.
@NullMarked
module dev.pingora.jsse {
  requires static org.jspecify;
  requires transitive dev.pingora.tls;

  exports dev.pingora.jsse;

  provides TlsProvider with
      JsseTls;
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

import org.jspecify.annotations.NullMarked;

/// HTTP/2 codec and connection state, no transports.
@NullMarked
@SuppressWarnings("module") // the protocol's name ends in its version
module dev.pingora.http2 {
  requires static org.jspecify;
  requires transitive dev.pingora.http;

  exports dev.pingora.http2;
}

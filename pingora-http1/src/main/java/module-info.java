// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

import org.jspecify.annotations.NullMarked;

/// HTTP/1.1 codec without sockets, both sides, strict by RFC 9112.
@NullMarked
@SuppressWarnings("module") // the protocol's name ends in its version
module dev.pingora.http1 {
  requires static org.jspecify;
  requires transitive dev.pingora.error;
  requires transitive dev.pingora.http;

  exports dev.pingora.http1;
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

import org.jspecify.annotations.NullMarked;

/// The phases of a proxied request and the one relay below them.
@NullMarked
module dev.pingora.proxy {
  requires static org.jspecify;
  requires transitive dev.pingora.core;
  requires dev.pingora.http1;

  exports dev.pingora.proxy;
}

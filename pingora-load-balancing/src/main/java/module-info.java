// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

import org.jspecify.annotations.NullMarked;

/// Backends, discovery and selection.
@NullMarked
module dev.pingora.lb {
  requires static org.jspecify;
  requires transitive dev.pingora.core;
  requires transitive dev.pingora.timeout;
  requires dev.pingora.http2;
  requires dev.pingora.ketama;

  exports dev.pingora.lb;
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

import org.jspecify.annotations.NullMarked;

/// Idle connections by key, bounded by count and time.
@NullMarked
module dev.pingora.pool {
  requires static org.jspecify;
  requires transitive dev.pingora.timeout;

  exports dev.pingora.pool;
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

import org.jspecify.annotations.NullMarked;

/// Consistent hashing, point for point the ring of nginx.
@NullMarked
module dev.pingora.ketama {
  requires static org.jspecify;

  exports dev.pingora.ketama;
}

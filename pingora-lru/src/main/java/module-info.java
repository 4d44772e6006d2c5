// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

import org.jspecify.annotations.NullMarked;

/// A sharded, weighted list of what was used least recently.
@NullMarked
module dev.pingora.lru {
  requires static org.jspecify;

  exports dev.pingora.lru;
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

import org.jspecify.annotations.NullMarked;

/// Coarse timers: a hierarchical wheel for deadlines that rarely fire.
@NullMarked
module dev.pingora.timeout {
  requires static org.jspecify;

  exports dev.pingora.timeout;
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

import org.jspecify.annotations.NullMarked;

/// Error kinds, source and retry decision of every failure.
@NullMarked
module dev.pingora.error {
  requires static org.jspecify;

  exports dev.pingora.error;
}

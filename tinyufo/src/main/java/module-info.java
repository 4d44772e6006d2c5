// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

import org.jspecify.annotations.NullMarked;

/// A weighted cache: S3-FIFO eviction with TinyLFU admission.
@NullMarked
module dev.pingora.tinyufo {
  requires static org.jspecify;

  exports dev.pingora.tinyufo;
}

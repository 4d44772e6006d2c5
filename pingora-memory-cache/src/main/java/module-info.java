// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

import org.jspecify.annotations.NullMarked;

/// An in-memory cache that expires, and loads each missing value once.
@NullMarked
module dev.pingora.memorycache {
  requires dev.pingora.tinyufo;
  requires static org.jspecify;

  exports dev.pingora.memorycache;
}

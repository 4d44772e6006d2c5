// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

import org.jspecify.annotations.NullMarked;

/// Header types that keep name case, order, duplicates and bytes.
@NullMarked
module dev.pingora.http {
  requires static org.jspecify;
  requires transitive dev.pingora.error;

  exports dev.pingora.http;
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

import org.jspecify.annotations.NullMarked;

/// Everything a user of the library needs, as one dependency.
@NullMarked
module dev.pingora {
  requires static org.jspecify;
  requires transitive dev.pingora.proxy;
  requires transitive dev.pingora.lb;
}

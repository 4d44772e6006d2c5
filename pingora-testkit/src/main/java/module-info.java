// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

import org.jspecify.annotations.NullMarked;

/// Scripted byte-exact peers, fake clock and resolver.
@NullMarked
module dev.pingora.testkit {
  requires static org.jspecify;
  requires transitive dev.pingora.http;
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

import org.jspecify.annotations.NullMarked;

/// Scripted byte-exact peers, fake clock and resolver, for tests.
///
/// It depends on no other module of the project, so that each may be tested with it and none of
/// their parsers is checked against itself.
@NullMarked
module dev.pingora.testkit {
  requires static org.jspecify;
  requires jdk.management;

  exports dev.pingora.testkit;
}

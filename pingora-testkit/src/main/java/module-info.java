// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

import org.jspecify.annotations.NullMarked;

/// Scripted byte-exact peers, fake clock and resolver, for tests.
///
/// It depends on no other module of the project, so that each may be tested with it and none of
/// their parsers is checked against itself; but for TLS, where it drives what implements the
/// interface of `dev.pingora.tls`.
@NullMarked
module dev.pingora.testkit {
  requires static org.jspecify;
  requires transitive dev.pingora.tls;
  requires jdk.management;
  requires org.bouncycastle.pkix;
  requires org.bouncycastle.provider;

  exports dev.pingora.testkit;
  exports dev.pingora.testkit.tls;
}

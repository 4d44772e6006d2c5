// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.testkit.tls.TlsPair;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProfile;
import dev.pingora.tls.TlsVersion;
import dev.pingora.tls.Verify;

/// Configurations that tests begin with, and pairs of contexts.
final class Ends {
  static final S2nProvider S2N = new S2nProvider();

  private Ends() {}

  static ServerTls server() {
    return ServerTls.of(TestCertificates.server());
  }

  static ServerTls server(TlsVersion version) {
    return server().withProfile(only(version));
  }

  /// {@return a client that checks everything}
  static ClientTls client() {
    return ClientTls.standard().withVerify(Verify.CHAIN_AND_NAME, TestCertificates.roots());
  }

  static TlsProfile only(TlsVersion version) {
    return TlsProfile.INTERMEDIATE.withVersions(version, version);
  }

  static TlsContext context(ServerTls config) throws TlsException {
    return S2N.server(config);
  }

  static TlsContext context(ClientTls config) throws TlsException {
    return S2N.client(config);
  }

  static TlsPair pair(ClientTls client, ServerTls server) throws TlsException {
    return TlsPair.of(context(client), context(server), TestCertificates.NAME);
  }

  /// {@return sessions that were not closed}
  static int live() throws TlsException {
    return S2n.library().sessions.size();
  }
}

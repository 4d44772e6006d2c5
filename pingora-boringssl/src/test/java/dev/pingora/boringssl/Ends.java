// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.boringssl;

import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.testkit.tls.TlsPair;
import dev.pingora.tls.Availability;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProfile;
import dev.pingora.tls.TlsVersion;
import dev.pingora.tls.Verify;

/// What tests of this module set up again and again.
final class Ends {
  static final BoringSslProvider BORINGSSL = new BoringSslProvider();

  private Ends() {}

  /// {@return whether this build has the library}
  static boolean present() {
    return BORINGSSL.availability() instanceof Availability.Available;
  }

  private static TlsProfile only(TlsVersion version) {
    return TlsProfile.INTERMEDIATE.withVersions(version, version);
  }

  static ServerTls server(TlsVersion version) {
    return ServerTls.of(TestCertificates.server()).withProfile(only(version));
  }

  static ClientTls client(TlsVersion version) {
    return ClientTls.standard()
        .withProfile(only(version))
        .withVerify(Verify.CHAIN_AND_NAME, TestCertificates.roots());
  }

  /// {@return a connection after its handshake}
  static TlsPair connected(TlsVersion version) throws TlsException {
    return TlsPair.of(BORINGSSL, client(version), BORINGSSL, server(version), TestCertificates.NAME)
        .handshake();
  }
}

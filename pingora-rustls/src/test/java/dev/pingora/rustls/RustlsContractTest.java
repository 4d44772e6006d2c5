// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.rustls;

import dev.pingora.testkit.tls.TlsCase;
import dev.pingora.testkit.tls.TlsContract;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProvider;
import dev.pingora.tls.TlsProviders;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What every provider does, with itself and with the JDK's.
@NeedsLibrary
final class RustlsContractTest {
  private static final TlsProvider RUSTLS = new RustlsTls();

  private static TlsProvider jdk() throws TlsException {
    return TlsProviders.installed().find("jsse");
  }

  static List<TlsCase> withItself() {
    return TlsContract.cases(RUSTLS, RUSTLS);
  }

  static List<TlsCase> ofClients() throws TlsException {
    return TlsContract.cases(RUSTLS, jdk());
  }

  static List<TlsCase> ofServers() throws TlsException {
    return TlsContract.cases(jdk(), RUSTLS);
  }

  @ParameterizedTest
  @MethodSource({"withItself", "ofClients", "ofServers"})
  void keeps(TlsCase behaviour) {
    behaviour.run();
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import dev.pingora.testkit.tls.TlsCase;
import dev.pingora.testkit.tls.TlsContract;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProvider;
import dev.pingora.tls.TlsProviders;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What every provider does, with itself and with the JDK's.
final class S2nContractTest {
  private static final TlsProvider S2N = new S2nProvider();

  private static TlsProvider jdk() throws TlsException {
    return TlsProviders.installed().find("jsse");
  }

  static List<TlsCase> withItself() {
    return TlsContract.cases(S2N, S2N);
  }

  static List<TlsCase> ofClients() throws TlsException {
    return TlsContract.cases(S2N, jdk());
  }

  static List<TlsCase> ofServers() throws TlsException {
    return TlsContract.cases(jdk(), S2N);
  }

  @ParameterizedTest
  @MethodSource({"withItself", "ofClients", "ofServers"})
  void keeps(TlsCase behaviour) {
    behaviour.run();
  }
}

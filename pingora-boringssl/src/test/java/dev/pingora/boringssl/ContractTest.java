// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.boringssl;

import dev.pingora.testkit.tls.TlsCase;
import dev.pingora.testkit.tls.TlsContract;
import dev.pingora.tls.Availability;
import dev.pingora.tls.TlsProvider;
import dev.pingora.tls.TlsProviders;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What every provider does, with itself and with each other, as client and as server.
@NeedsLibrary
final class ContractTest {
  static List<TlsCase> withItself() {
    return TlsContract.cases(Ends.BORINGSSL, Ends.BORINGSSL);
  }

  static List<TlsCase> withOthers() {
    List<TlsCase> all = new ArrayList<>();
    for (TlsProvider other : TlsProviders.installed().all()) {
      if (!other.id().equals("boringssl")
          && other.availability() instanceof Availability.Available) {
        all.addAll(TlsContract.cases(Ends.BORINGSSL, other));
        all.addAll(TlsContract.cases(other, Ends.BORINGSSL));
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource({"withItself", "withOthers"})
  void keeps(TlsCase behaviour) {
    behaviour.run();
  }
}

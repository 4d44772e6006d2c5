// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.jsse;

import dev.pingora.testkit.tls.TlsCase;
import dev.pingora.testkit.tls.TlsContract;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class JsseContractTest {
  static List<TlsCase> contract() {
    return TlsContract.cases(new JsseTls(), new JsseTls());
  }

  @ParameterizedTest
  @MethodSource("contract")
  void keeps(TlsCase behaviour) {
    behaviour.run();
  }
}

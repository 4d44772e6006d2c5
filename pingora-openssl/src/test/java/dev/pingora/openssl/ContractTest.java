// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import dev.pingora.testkit.tls.TlsCase;
import dev.pingora.testkit.tls.TlsContract;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What is asked of all providers, of each OpenSSL with itself and with the other.
class ContractTest {
  static List<TlsCase> system() {
    return TlsContract.cases(Libraries.SYSTEM.provider(), Libraries.SYSTEM.provider());
  }

  static List<TlsCase> newer() {
    return TlsContract.cases(Libraries.NEWER.provider(), Libraries.NEWER.provider());
  }

  static List<TlsCase> older() {
    return TlsContract.cases(Libraries.NEWER.provider(), Libraries.SYSTEM.provider());
  }

  @ParameterizedTest
  @MethodSource("system")
  void systemKeeps(TlsCase behaviour) {
    behaviour.run();
  }

  @ParameterizedTest
  @MethodSource("newer")
  void newerKeeps(TlsCase behaviour) {
    behaviour.run();
  }

  @ParameterizedTest
  @MethodSource("older")
  void bothKeep(TlsCase behaviour) {
    behaviour.run();
  }
}

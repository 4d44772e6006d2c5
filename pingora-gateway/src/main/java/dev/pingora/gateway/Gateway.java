// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

/// The running gateway: services made from a configuration.
///
/// Takes the place of the runtime wiring, which is not here yet.
@SuppressWarnings("DoNotCallSuggester") // until the wiring is here
final class Gateway {
  private Gateway() {}

  /// Serves until the server is asked to end.
  ///
  /// @throws Exception when an address cannot be bound, and the like; its message is one line
  static void run(GatewayConf conf) throws Exception {
    throw new IllegalStateException("not yet: " + conf.listeners().size() + " listeners");
  }

  /// Serves two embedded origins behind the gateway on 127.0.0.1:6188.
  ///
  /// @throws Exception when an address cannot be bound, and the like; its message is one line
  static void demo() throws Exception {
    throw new IllegalStateException("not yet: the demo");
  }
}

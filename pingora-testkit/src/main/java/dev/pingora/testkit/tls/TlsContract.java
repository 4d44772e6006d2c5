// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit.tls;

import dev.pingora.tls.TlsProvider;
import java.util.ArrayList;
import java.util.List;

/// What every TLS provider does, as a client and as a server, with itself and with any other.
///
/// Where a provider says that it lacks a capability, the case asks that it refuses instead. A test
/// class runs them all, in memory, in seconds:
///
/// ```java
/// static List<TlsCase> contract() {
///   return TlsContract.cases(new JsseTls(), new JsseTls());
/// }
///
/// @ParameterizedTest
/// @MethodSource("contract")
/// void keeps(TlsCase behaviour) {
///   behaviour.run();
/// }
/// ```
public final class TlsContract {
  private TlsContract() {}

  /// {@return what is to be checked of these two}
  public static List<TlsCase> cases(TlsProvider client, TlsProvider server) {
    Both both = new Both(client, server);
    List<TlsCase> cases = new ArrayList<>(new NegotiationCases(both).cases());
    cases.addAll(new PeerCases(both).cases());
    cases.addAll(new RemoteKeyCases(both).cases());
    cases.addAll(new SessionCases(both).cases());
    cases.addAll(new TransportCases(both).cases());
    cases.addAll(new NativeCases(both).cases());
    return cases;
  }

  /// {@return what is to be checked of two providers that each keep the contract with themselves}
  /// Less of the transport, which the other side does not change, but all combinations.
  public static List<TlsCase> between(TlsProvider client, TlsProvider server) {
    Both both = new Both(client, server);
    List<TlsCase> cases = new ArrayList<>(new NegotiationCases(both).cases());
    cases.addAll(new PeerCases(both).cases());
    cases.addAll(new RemoteKeyCases(both).cases());
    cases.addAll(new SessionCases(both).cases());
    cases.addAll(new TlsProduct(both).cases());
    return cases;
  }
}

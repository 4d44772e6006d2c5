// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.connectors;

import dev.pingora.core.server.ResolverConf;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.runtime.RequestThread;
import java.net.InetAddress;
import java.util.List;

/// Turns the names of upstreams into addresses. Thread-safe.
///
/// Called on a request thread for every new connection to a name, never for one that is reused: an
/// implementation waits in [RequestThread#await] only, and remembers what it found.
@FunctionalInterface
public interface Resolver {
  /// {@return the addresses of a host, best first, at least one}
  ///
  /// @param host a name, or the text of an address
  /// @param deadline on the scale of the loop's clock, [RequestThread#NEVER] for none
  /// @throws ProxyException source UPSTREAM: CONNECT_NO_ROUTE when there is no such name,
  ///   CONNECT_ERROR when nobody can say, CONNECT_TIMEOUT at the deadline; OVER_LIMIT when too many
  ///   names are being looked up
  List<InetAddress> resolve(RequestThread thread, String host, long deadline) throws ProxyException;

  /// {@return the servers of a service, by its SRV records} Nothing is remembered: who asks keeps
  /// the answer for its TTL.
  ///
  /// @param name such as `_http._tcp.app.example`
  /// @param deadline on the scale of the loop's clock, [RequestThread#NEVER] for none
  /// @throws ProxyException as [#resolve]; CONNECT_ERROR by resolvers that know of addresses only
  default Services services(RequestThread thread, String name, long deadline)
      throws ProxyException {
    throw ProxyException.upstream(
        ErrorKind.CONNECT_ERROR, "cannot look up %s: this resolver knows of no services", name);
  }

  /// {@return a resolver that asks name servers without blocking anything, and knows the hosts file
  /// and the search domains of the system}
  ///
  /// Bounded: 4,096 names are remembered, 1,024 looked up at the same time, each for 30 s at most.
  /// When no server answers, what was known within the last hour is used.
  static Resolver dns(ResolverConf conf) {
    return new CachingResolver(DnsSource.ofSystem(conf), conf, System::nanoTime);
  }

  /// {@return a resolver that asks somebody who blocks, on threads for offloaded work} Answers
  /// without a time of their own are remembered for 30 s, within the bounds of `conf`.
  static Resolver blocking(BlockingLookup lookup, ResolverConf conf) {
    return new CachingResolver(new BlockingSource(lookup), conf, System::nanoTime);
  }

  /// {@return a resolver over the JDK's own, which blocks} For machines whose names come from
  /// elsewhere than DNS and the hosts file (NSS modules, mDNS).
  static Resolver jdk(ResolverConf conf) {
    return blocking(host -> List.of(InetAddress.getAllByName(host)), conf);
  }

  /// A look-up that blocks its thread.
  @FunctionalInterface
  interface BlockingLookup {
    /// {@return the addresses of a host, best first}
    ///
    /// @throws java.net.UnknownHostException when there is no such name
    List<InetAddress> lookup(String host) throws Exception;
  }
}

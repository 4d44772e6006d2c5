// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverChannelStrategy;
import io.netty.resolver.dns.DnsServerAddresses;
import io.netty.resolver.dns.NoopAuthoritativeDnsServerCache;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/// Asks DNS servers over the sockets of one loop: one question to one server at a time, by UDP, and
/// by TCP where the answer does not fit (RFC 7766 §5). What is asked, whom, how often and what is
/// remembered is the caller's business.
///
/// Each question has a socket of its own, so that its source port is as hard to guess as its
/// identifier (RFC 5452 §9.2). Thread-safe.
public final class DnsClient implements AutoCloseable {
  private final Loop loop;
  private final DnsNameResolver resolver;

  private DnsClient(Loop loop, DnsNameResolver resolver) {
    this.loop = loop;
    this.resolver = resolver;
  }

  /// {@return a client that works on `loop`} Loads many classes when it is the first: not for a
  /// thread of a loop.
  ///
  /// @param timeout how long one server may take for one question
  public static DnsClient on(Loop loop, Duration timeout) {
    TransportKind kind = loop.group().options().transport().resolve();
    // The defaults of these look at the system's files, where we read them ourselves.
    InetSocketAddress nowhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 53);
    DnsNameResolver resolver =
        new DnsNameResolverBuilder(loop.io())
            .datagramChannelFactory(kind.datagramChannels())
            .socketChannelFactory(kind.streamChannels())
            .datagramChannelStrategy(DnsNameResolverChannelStrategy.ChannelPerResolution)
            .queryTimeoutMillis(timeout.toMillis())
            .nameServerProvider(_ -> DnsServerAddresses.singleton(nowhere).stream())
            .hostsFileEntriesResolver((_, _) -> null)
            .resolveCache(NoopDnsCache.INSTANCE)
            .cnameCache(NoopDnsCnameCache.INSTANCE)
            .authoritativeDnsServerCache(NoopAuthoritativeDnsServerCache.INSTANCE)
            .build();
    return new DnsClient(loop, resolver);
  }

  /// Asks `server` for the addresses of `name`, and waits for the answer, which always comes: the
  /// timeout sees to it.
  ///
  /// @param thread one of this client's loop
  /// @param name complete, without the dot at its end; already known to be well-formed
  /// @throws ProxyException CANCELLED only
  public DnsAnswer query(RequestThread thread, InetSocketAddress server, String name)
      throws ProxyException {
    DnsQuery query = new DnsQuery(resolver, server, name, thread);
    if (!loop.post(query)) {
      throw ProxyException.internal(ErrorKind.CANCELLED, "the loop has ended");
    }
    return query.await();
  }

  /// Asks `server` for the servers of a service, and waits as [#query] does.
  ///
  /// @param thread one of this client's loop
  /// @param name complete, without the dot at its end; already known to be well-formed
  /// @throws ProxyException CANCELLED only
  public DnsServices services(RequestThread thread, InetSocketAddress server, String name)
      throws ProxyException {
    DnsServiceQuery query = new DnsServiceQuery(resolver, server, name, thread);
    if (!loop.post(query)) {
      throw ProxyException.internal(ErrorKind.CANCELLED, "the loop has ended");
    }
    return query.await();
  }

  /// Closes the sockets. Questions under way fail.
  @Override
  public void close() {
    var _ = loop.post(resolver::close); // a loop that has ended has closed them
  }
}

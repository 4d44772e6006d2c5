// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.connectors;

import dev.pingora.core.protocols.UpstreamSession;
import dev.pingora.core.upstreams.BindTo;
import dev.pingora.core.upstreams.HttpPeer;
import dev.pingora.core.upstreams.PeerOptions;
import dev.pingora.core.upstreams.ReuseKey;
import dev.pingora.error.ProxyException;
import dev.pingora.pool.IdlePool;
import dev.pingora.runtime.ConnectSpec;
import dev.pingora.runtime.Connection;
import dev.pingora.runtime.Loop;
import dev.pingora.runtime.RequestThread;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/// Sessions with upstreams: from the pool where one waits, else over a new connection. Thread-safe.
public final class HttpConnector {
  private final UpstreamPools pools;
  private final Resolver resolver;

  public HttpConnector(UpstreamPools pools, Resolver resolver) {
    this.pools = pools;
    this.resolver = resolver;
  }

  /// {@return a session for one exchange with `peer`, on the thread's loop}
  ///
  /// @throws ProxyException source UPSTREAM, when no connection can be made within the peer's
  ///   bounds
  public UpstreamSession connect(RequestThread thread, HttpPeer peer) throws ProxyException {
    IdlePool<ReuseKey, PooledUpstream> pool = pools.of(thread.loop());
    for (PooledUpstream idle = pool.take(peer.reuseKey());
        idle != null;
        idle = pool.take(peer.reuseKey())) {
      if (idle.wake()) {
        idle.session().begin(thread, true);
        return idle.session();
      }
    }
    PooledUpstream fresh = new PooledUpstream(pool, peer, open(thread, peer));
    fresh.session().begin(thread, false);
    return fresh.session();
  }

  private Connection open(RequestThread thread, HttpPeer peer) throws ProxyException {
    PeerOptions options = peer.options();
    Loop loop = thread.loop();
    long each = loop.deadlineIn(options.connectionTimeout().toNanos());
    long total = loop.deadlineIn(options.totalConnectionTimeout().toNanos());
    long deadline = each == RequestThread.NEVER || total - each < 0 ? total : each;
    if (options.customL4() != null) {
      return options.customL4().connect(thread, peer.address(), deadline);
    }
    SocketAddress address = resolve(thread, peer.address(), total);
    BindTo bindTo = options.bindTo();
    ConnectSpec spec =
        bindTo == null
            ? new ConnectSpec(address, null, 0, 0, options.tuning())
            : new ConnectSpec(
                address, bindTo.address(), bindTo.portLow(), bindTo.portHigh(), options.tuning());
    return loop.connect(thread, spec, deadline);
  }

  private SocketAddress resolve(RequestThread thread, SocketAddress address, long deadline)
      throws ProxyException {
    return address instanceof InetSocketAddress inet && inet.isUnresolved()
        ? new InetSocketAddress(
            resolver.resolve(thread, inet.getHostString(), deadline).getFirst(), inet.getPort())
        : address;
  }
}

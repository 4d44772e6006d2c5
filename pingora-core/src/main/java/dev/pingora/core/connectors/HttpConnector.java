// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.connectors;

import dev.pingora.core.protocols.Digest;
import dev.pingora.core.protocols.ProxyDigest;
import dev.pingora.core.protocols.UpstreamSession;
import dev.pingora.core.tls.SslDigest;
import dev.pingora.core.tls.TlsSettings;
import dev.pingora.core.tls.UpstreamTls;
import dev.pingora.core.upstreams.ConnectProxy;
import dev.pingora.core.upstreams.HttpPeer;
import dev.pingora.core.upstreams.L4Connect;
import dev.pingora.core.upstreams.PeerOptions;
import dev.pingora.core.upstreams.ProxyAnswer;
import dev.pingora.core.upstreams.ReuseKey;
import dev.pingora.core.upstreams.Tracer;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.pool.IdlePool;
import dev.pingora.runtime.Connection;
import dev.pingora.runtime.RequestThread;
import dev.pingora.tls.TlsProviders;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Sessions with upstreams: from the pool where one waits, else over a new connection. Thread-safe.
public final class HttpConnector {
  private final UpstreamPools pools;
  private final Dialer dialer;
  private final UpstreamTls tls;

  public HttpConnector(UpstreamPools pools, ConnectorOptions options, TlsProviders providers) {
    this.pools = pools;
    this.tls = new UpstreamTls(providers, options.s2nConfigCacheSize());
    this.dialer = new Dialer(options);
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
        return idle.begin(thread, peer.options(), true);
      }
    }
    Opened opened = establish(thread, peer, TlsSettings.HTTP_1_1);
    Digest digest = new Digest(opened.connection(), opened.proxy(), opened.ssl());
    return new PooledUpstream(pool, pools.spoke(), peer, digest)
        .begin(thread, peer.options(), false);
  }

  /// {@return a connection past proxy and TLS, for who speaks another protocol over it than
  /// sessions do} It is the caller's, comes from no pool and goes to none.
  ///
  /// @param protocol what TLS has to agree on (RFC 7301); without TLS it is known beforehand
  /// @throws ProxyException as [#connect]; TLS_HANDSHAKE_FAILURE when the peer does not agree
  public Connection open(RequestThread thread, HttpPeer peer, String protocol)
      throws ProxyException {
    Opened opened = establish(thread, peer, protocol);
    SslDigest ssl = opened.ssl();
    if (ssl != null && !protocol.equals(ssl.alpn())) {
      opened.connection().close();
      throw ProxyException.upstream(
          ErrorKind.TLS_HANDSHAKE_FAILURE, "%s does not speak %s", peer, protocol);
    }
    return opened.connection();
  }

  /// A connection, and what was learnt on the way.
  private record Opened(
      Connection connection, @Nullable ProxyDigest proxy, @Nullable SslDigest ssl) {}

  private Opened establish(RequestThread thread, HttpPeer peer, String protocol)
      throws ProxyException {
    PeerOptions options = peer.options();
    long deadline = thread.loop().deadlineIn(options.totalConnectionTimeout().toNanos());
    ConnectProxy proxy = peer.proxy();
    SocketAddress firstHop = proxy == null ? peer.address() : proxy.nextHop();
    Connection connection = dial(thread, firstHop, options, deadline);
    ProxyDigest tunnel = null;
    if (proxy != null) {
      tunnel = tunnel(thread, connection, proxy, options, deadline);
    }
    SslDigest ssl = null;
    if (peer.scheme() == HttpPeer.Scheme.HTTPS) {
      ssl = secure(thread, connection, peer, protocol, deadline);
    }
    trace(connection, options.tracer());
    return new Opened(connection, tunnel, ssl);
  }

  private SslDigest secure(
      RequestThread thread, Connection connection, HttpPeer peer, String protocol, long deadline)
      throws ProxyException {
    boolean stands = false;
    try {
      SslDigest ssl = tls.secure(thread, connection, peer, protocol, deadline);
      stands = true;
      return ssl;
    } finally {
      if (!stands) {
        connection.close(); // with the alert, if there is one
      }
    }
  }

  private Connection dial(
      RequestThread thread, SocketAddress remote, PeerOptions options, long deadline)
      throws ProxyException {
    L4Connect custom = options.customL4();
    return custom == null
        ? dialer.dial(thread, remote, options, deadline)
        : custom.connect(thread, remote, deadline);
  }

  private static ProxyDigest tunnel(
      RequestThread thread,
      Connection connection,
      ConnectProxy proxy,
      PeerOptions options,
      long deadline)
      throws ProxyException {
    boolean stands = false;
    try {
      ProxyTunnel.Answer answer =
          new ProxyTunnel(thread, connection, proxy, deadline).open(options.extraProxyHeaders());
      ProxyAnswer hook = options.proxyAnswer();
      Object kept = hook == null ? null : hook.keep(answer.request(), answer.response());
      stands = true;
      return new ProxyDigest(answer.response(), kept);
    } finally {
      if (!stands) {
        connection.reset();
      }
    }
  }

  /// The connection may have closed before its end could be watched.
  private static void trace(Connection connection, @Nullable Tracer tracer) {
    if (tracer == null) {
      return;
    }
    tracer.onConnected();
    AtomicBoolean told = new AtomicBoolean();
    Runnable ended =
        () -> {
          if (told.compareAndSet(false, true)) {
            tracer.onDisconnected();
          }
        };
    connection.onClose(ended);
    if (connection.isClosed()) {
      ended.run();
    }
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.connectors;

import dev.pingora.core.protocols.Http1Upstream;
import dev.pingora.core.upstreams.HttpPeer;
import dev.pingora.core.upstreams.ReuseKey;
import dev.pingora.http1.Http1Limits;
import dev.pingora.pool.Idle;
import dev.pingora.pool.IdlePool;
import dev.pingora.runtime.Connection;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// An upstream connection with its place in the pool of its loop: in use by one exchange, or idle
/// and watched by the event loop for anything that comes, which ends it.
final class PooledUpstream implements Runnable {
  private final IdlePool<ReuseKey, PooledUpstream> pool;
  private final ReuseKey key;
  private final Duration idleTimeout;
  private final Http1Upstream session;
  private @Nullable Idle<ReuseKey, PooledUpstream> place;

  PooledUpstream(IdlePool<ReuseKey, PooledUpstream> pool, HttpPeer peer, Connection connection) {
    this.pool = pool;
    this.key = peer.reuseKey();
    this.idleTimeout = peer.options().idleTimeout();
    this.session = new Http1Upstream(connection, Http1Limits.RESPONSE, released -> release());
  }

  Http1Upstream session() {
    return session;
  }

  /// {@return whether the connection is still fine; the pool has given it out}
  boolean wake() {
    return session.connection().wake();
  }

  /// The exchange is over and the connection may serve another.
  private void release() {
    if (!pooled()) {
      session.connection().close();
    } else if (!session.connection().rest(this)) {
      run();
    }
  }

  private boolean pooled() {
    Idle<ReuseKey, PooledUpstream> own = place;
    if (own != null) {
      return pool.put(own, idleTimeout);
    }
    place = pool.put(key, this, idleTimeout);
    return place != null;
  }

  /// Something came on an idle connection: its end, a failure, or octets nobody asked for.
  @Override
  public void run() {
    Idle<ReuseKey, PooledUpstream> own = place;
    if (own == null || own.remove()) {
      session.connection().close();
    }
  }

  /// The pool has given the connection up: too many, or idle too long.
  void evict() {
    if (session.connection().wake()) {
      session.connection().close();
    }
  }
}

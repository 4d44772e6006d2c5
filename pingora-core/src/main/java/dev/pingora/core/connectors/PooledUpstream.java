// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.connectors;

import dev.pingora.core.protocols.Digest;
import dev.pingora.core.protocols.Http1Upstream;
import dev.pingora.core.upstreams.HttpPeer;
import dev.pingora.core.upstreams.PeerOptions;
import dev.pingora.core.upstreams.ReuseKey;
import dev.pingora.http1.Http1Limits;
import dev.pingora.pool.Idle;
import dev.pingora.pool.IdlePool;
import dev.pingora.runtime.Connection;
import dev.pingora.runtime.RequestThread;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// An upstream connection with its place in the pool of its loop: in use by one exchange, or idle
/// and watched by the event loop for anything that comes, which ends it.
final class PooledUpstream implements Runnable {
  private static final System.Logger LOG = System.getLogger("dev.pingora.core");

  private final IdlePool<ReuseKey, PooledUpstream> pool;
  private final LongAdder spoke;
  private final ReuseKey key;
  private final Http1Upstream session;
  private Duration idleTimeout;

  /// Written by the exchange that releases the connection for the first time, read by the event
  /// loop.
  private volatile @Nullable Idle<ReuseKey, PooledUpstream> place;

  /// The connection has ended at rest. Written before the place is left for that, read after it was
  /// taken: so one of the two threads sees the other, and no place is kept for the dead.
  private volatile boolean over;

  /// @param spoke counts idle connections that sent something unasked
  PooledUpstream(
      IdlePool<ReuseKey, PooledUpstream> pool, LongAdder spoke, HttpPeer peer, Digest digest) {
    this.pool = pool;
    this.spoke = spoke;
    this.key = peer.reuseKey();
    this.idleTimeout = peer.options().idleTimeout();
    this.session = new Http1Upstream(digest, Http1Limits.RESPONSE, released -> release());
  }

  /// {@return the session, ready for one exchange} What peers may differ in though they share
  /// connections is this one's.
  Http1Upstream begin(RequestThread thread, PeerOptions options, boolean again) {
    idleTimeout = options.idleTimeout();
    session.begin(thread, again, options.allowInvalidContentLength());
    return session;
  }

  /// {@return whether the connection is still fine; the pool has given it out} What may have come
  /// on it since its last response is not looked for here: such a connection just ends.
  boolean wake() {
    Connection connection = session.connection();
    if (!connection.wake()) {
      return false;
    }
    if (connection.isInputWaiting()) {
      connection.close();
      return false;
    }
    return true;
  }

  /// The exchange is over and the connection may serve another. First it goes to rest and then into
  /// the pool: whoever finds it there may wake it at once.
  private void release() {
    if (!session.connection().rest(this)) {
      run();
    } else if (!pooled()) {
      evict();
    } else if (over) {
      leave();
    }
  }

  private void leave() {
    Idle<ReuseKey, PooledUpstream> own = place;
    if (own != null) {
      own.remove();
    }
  }

  private boolean pooled() {
    Idle<ReuseKey, PooledUpstream> own = place;
    if (own != null) {
      return pool.put(own, idleTimeout);
    }
    own = pool.put(key, this, idleTimeout);
    place = own;
    return own != null;
  }

  /// Something came on an idle connection: its end, a failure, or octets nobody asked for.
  ///
  /// Runs once in a rest, unless the connection was woken before: so it is nobody else's now, also
  /// if it has just been taken out of the pool, or is about to be put there. Who then finds it
  /// cannot wake it, and leaves it alone.
  @Override
  public void run() {
    over = true;
    leave();
    Connection connection = session.connection();
    if (!connection.isHungUp() && !connection.isClosed()) {
      spoke.increment();
      LOG.log(System.Logger.Level.WARNING, "{0} sent something while idle: closed", connection);
    }
    connection.close();
  }

  /// The pool has given the connection up: too many, or idle too long.
  void evict() {
    if (session.connection().wake()) {
      session.connection().close();
    }
  }
}

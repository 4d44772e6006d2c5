// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.pool;

import dev.pingora.timeout.Timer;
import org.jspecify.annotations.Nullable;

/// The place of one connection in an [IdlePool]: made when it is put there for the first time, and
/// good for all its life.
///
/// Keep it beside the connection: to [remove][#remove] it when the peer closes, and to put it back
/// after the next use without another allocation. A place never changes its connection, so a late
/// `remove` can never hit another one. The pool's threads rule holds here too.
///
/// @param <K> the keys of the pool
/// @param <C> the connections of the pool
public final class Idle<K, C> {
  final IdlePool<K, C> pool;
  final K key;
  final C connection;

  /// The key's hash, spread; compared before keys are.
  final int hash;

  final Timer timer;

  /// When the connection may no longer be given out.
  long deadlineNanos;

  boolean idle;

  // Neighbours in the pool's list of all idle connections, by the time they became idle.
  @Nullable Idle<K, C> older;
  @Nullable Idle<K, C> newer;

  // Neighbours in the stack of the same key. The uppermost is in the table, see KeyTable.
  @Nullable Idle<K, C> above;
  @Nullable Idle<K, C> below;

  /// Of the uppermost of a key only: the uppermost of another key in the same cell of the table.
  @Nullable Idle<K, C> nextKey;

  Idle(IdlePool<K, C> pool, K key, C connection) {
    this.pool = pool;
    this.key = key;
    this.connection = connection;
    this.hash = KeyTable.spread(key.hashCode());
    this.timer = new Timer(this::expire);
  }

  /// {@return the key}
  public K key() {
    return key;
  }

  /// {@return the connection}
  public C connection() {
    return connection;
  }

  /// {@return whether the connection waits in the pool}
  public boolean isIdle() {
    return pool.isIdle(this);
  }

  /// Takes the connection out of the pool, e.g. because the peer closed it.
  ///
  /// @return false if it is not there: then somebody uses it, or it was given up before
  public boolean remove() {
    return pool.remove(this);
  }

  private void expire() {
    pool.expire(this);
  }
}

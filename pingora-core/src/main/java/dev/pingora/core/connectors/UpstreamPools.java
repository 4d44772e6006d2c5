// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.connectors;

import dev.pingora.core.upstreams.HttpPeer;
import dev.pingora.core.upstreams.ReuseKey;
import dev.pingora.runtime.Connection;
import dev.pingora.runtime.Loop;
import dev.pingora.runtime.LoopGroup;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The idle upstream connections of a server: one pool on each loop. A request takes from its own
/// loop's pool, else connects.
public final class UpstreamPools {
  private final OfLoop[] pools;

  public UpstreamPools(LoopGroup loops, int maxIdle) {
    pools = new OfLoop[loops.loops().size()];
    for (int i = 0; i < pools.length; i++) {
      pools[i] = new OfLoop(maxIdle);
    }
  }

  @Nullable Connection take(Loop loop, HttpPeer peer) {
    return pools[loop.index()].take(peer.reuseKey());
  }

  void release(HttpPeer peer, Connection connection) {
    pools[connection.loop().index()].put(peer, connection);
  }

  /// Interim, until pingora-pool lands. One lock a loop, never held across I/O.
  private static final class OfLoop {
    private final Map<ReuseKey, ArrayDeque<Connection>> idle = new HashMap<>();
    private final int max;
    private int size;

    OfLoop(int max) {
      this.max = max;
    }

    synchronized @Nullable Connection take(ReuseKey key) {
      ArrayDeque<Connection> same = idle.get(key);
      if (same == null) {
        return null;
      }
      for (Connection next = same.pollLast(); next != null; next = same.pollLast()) {
        size--;
        if (next.wake()) {
          next.unexpire();
          return next;
        }
      }
      return null;
    }

    synchronized void put(HttpPeer peer, Connection connection) {
      long nanos = peer.options().idleTimeout().toNanos();
      if (nanos == 0 || size >= max) {
        connection.close();
        return;
      }
      idle.computeIfAbsent(peer.reuseKey(), k -> new ArrayDeque<>()).addLast(connection);
      size++;
      connection.expireAt(connection.loop().deadlineIn(nanos));
      if (!connection.rest(() -> remove(peer.reuseKey(), connection))) {
        remove(peer.reuseKey(), connection);
      }
    }

    private synchronized void remove(ReuseKey key, Connection connection) {
      ArrayDeque<Connection> same = idle.get(key);
      if (same != null && same.remove(connection)) {
        size--;
      }
      connection.close();
    }
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.CidrSet;
import dev.pingora.core.listeners.ConnectionFilter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Who may connect to a listener, and how often (`allow`, `deny`, `connections`). IPv6 clients are
/// counted by /64. Thread-safe; the table holds clients with open connections, and those of the
/// present second when a rate is limited.
final class ClientLimits implements ConnectionFilter {
  /// Clients counted for the rate at a time; a flood from more addresses than that is not rated by
  /// address, and `max` bounds it.
  private static final int MAX_RATED = 100_000;

  private final CidrSet allow;
  private final CidrSet deny;
  private final ListenerConf.Connections bounds;
  private final AtomicInteger open = new AtomicInteger();
  private final ConcurrentMap<InetAddress, AtomicInteger> perClient = new ConcurrentHashMap<>();
  private final ConcurrentMap<InetAddress, AtomicInteger> rated = new ConcurrentHashMap<>();
  private volatile long second;

  ClientLimits(ListenerConf conf) {
    this.allow = CidrSet.of(conf.allow());
    this.deny = CidrSet.of(conf.deny());
    this.bounds = conf.connections();
  }

  @Override
  public boolean accepts(SocketAddress peer) {
    if (peer instanceof InetSocketAddress inet && !mayConnect(inet.getAddress())) {
      return false;
    }
    if (bounds.max() > 0 && open.incrementAndGet() > bounds.max()) {
      open.decrementAndGet();
      return false;
    }
    if (!(peer instanceof InetSocketAddress inet)
        || enters(ClientAddresses.network(inet.getAddress()))) {
      return true;
    }
    leave();
    return false;
  }

  private boolean mayConnect(InetAddress address) {
    return !deny.contains(address) && (allow.isEmpty() || allow.contains(address));
  }

  private boolean enters(InetAddress client) {
    if (bounds.ratePerClient() > 0 && !withinRate(client)) {
      return false;
    }
    if (bounds.perClient() == 0) {
      return true;
    }
    int mine =
        perClient
            .compute(
                client,
                (_, count) -> {
                  AtomicInteger own = count == null ? new AtomicInteger() : count;
                  own.incrementAndGet();
                  return own;
                })
            .get();
    if (mine <= bounds.perClient()) {
      return true;
    }
    release(client);
    return false;
  }

  private boolean withinRate(InetAddress client) {
    long now = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime());
    if (now != second) {
      second = now;
      rated.clear();
    }
    if (rated.size() >= MAX_RATED) {
      return true;
    }
    return rated.computeIfAbsent(client, _ -> new AtomicInteger()).incrementAndGet()
        <= bounds.ratePerClient();
  }

  @Override
  public void closed(SocketAddress peer) {
    leave();
    if (bounds.perClient() > 0 && peer instanceof InetSocketAddress inet) {
      release(ClientAddresses.network(inet.getAddress()));
    }
  }

  private void leave() {
    if (bounds.max() > 0) {
      open.decrementAndGet();
    }
  }

  private void release(InetAddress client) {
    perClient.computeIfPresent(client, (_, count) -> count.decrementAndGet() <= 0 ? null : count);
  }
}

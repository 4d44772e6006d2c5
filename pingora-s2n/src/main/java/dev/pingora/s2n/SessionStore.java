// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import dev.pingora.tls.TlsContext.ServerId;
import dev.pingora.tls.TlsVersion;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Sessions that clients of one context may go on from, by server; the least recently used server's
/// are forgotten first.
///
/// A session of TLS 1.3 is used once, so that nobody can tell by the ticket that two connections
/// are of one client (RFC 8446 §C.4); one of TLS 1.2 until a newer comes.
///
/// Thread-safe. Nothing parks, as callbacks come here: who finds another at work for long goes
/// without.
final class SessionStore {
  /// Kept per server: what a server sends at once, twice.
  private static final int PER_SERVER = 4;

  private static final int SPINS = 100;

  private final int limit;
  private final AtomicBoolean busy = new AtomicBoolean();

  /// Least recently used first. Guarded by `busy`.
  private final LinkedHashMap<ServerId, ArrayDeque<Entry>> sessions =
      new LinkedHashMap<>(16, 0.75f, true);

  private int size;

  /// @param octets as s2n-tls serializes it
  /// @param until when it is of no more use, by [System#nanoTime]
  private record Entry(TlsVersion version, byte[] octets, long until) {}

  SessionStore(int limit) {
    this.limit = limit;
  }

  /// Remembers a session.
  void put(ServerId server, TlsVersion version, byte[] octets, long seconds) {
    if (!enter()) {
      return;
    }
    try {
      ArrayDeque<Entry> own = sessions.computeIfAbsent(server, _ -> new ArrayDeque<>());
      own.addLast(
          new Entry(version, octets, System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds)));
      size++;
      if (own.size() > PER_SERVER) {
        own.removeFirst();
        size--;
      }
      while (size > limit) {
        evict();
      }
    } finally {
      busy.set(false);
    }
  }

  /// {@return a session to go on from; null for none}
  byte @Nullable [] take(ServerId server) {
    if (!enter()) {
      return null;
    }
    try {
      ArrayDeque<Entry> own = sessions.get(server);
      byte[] octets = null;
      while (own != null && octets == null && !own.isEmpty()) {
        Entry entry = own.getLast();
        boolean valid = entry.until - System.nanoTime() > 0;
        if (!valid || entry.version == TlsVersion.TLS_1_3) {
          own.removeLast();
          size--;
        }
        octets = valid ? entry.octets : null;
      }
      if (own != null && own.isEmpty()) {
        sessions.remove(server);
      }
      return octets;
    } finally {
      busy.set(false);
    }
  }

  /// Forgets the oldest session of the server used longest ago.
  private void evict() {
    Iterator<ArrayDeque<Entry>> eldest = sessions.values().iterator();
    ArrayDeque<Entry> own = eldest.next();
    own.removeFirst();
    size--;
    if (own.isEmpty()) {
      eldest.remove();
    }
  }

  /// {@return how many are remembered}
  int size() {
    return size;
  }

  private boolean enter() {
    for (int i = 0; i < SPINS; i++) {
      if (busy.compareAndSet(false, true)) {
        return true;
      }
      Thread.onSpinWait();
    }
    return false;
  }
}

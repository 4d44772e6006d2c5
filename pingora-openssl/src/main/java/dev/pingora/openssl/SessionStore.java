// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import dev.pingora.tls.TlsContext.ServerId;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/// Sessions that a client remembers to go on from: some per server, the servers used longest ago
/// forgotten first. Holds one use of each SSL_SESSION.
///
/// Those of TLS 1.3 are given out once, so that nobody on the way can link connections (RFC 8446
/// §C.4); those of TLS 1.2 again and again.
///
/// Asked by event loops and by virtual threads, so nobody may wait for anybody: whoever finds the
/// store in use goes without, which costs a full handshake.
final class SessionStore {
  /// Kept per server: what a server sends at once, twice.
  private static final int PER_SERVER = 4;

  private static final int TLS_1_3 = 0x0304;
  private static final int SPINS = 100;

  private final int limit;
  private final AtomicBoolean busy = new AtomicBoolean();

  /// Least recently used first. Guarded by `busy`.
  private final LinkedHashMap<ServerId, ArrayDeque<Long>> sessions =
      new LinkedHashMap<>(16, 0.75f, true);

  private int size;

  SessionStore(int limit) {
    this.limit = limit;
  }

  /// Remembers a session.
  ///
  /// @return whether it was taken over, with the caller's use of it
  boolean put(SslCalls ssl, ServerId server, long session) {
    if (!enter()) {
      return false;
    }
    try {
      ArrayDeque<Long> own = sessions.computeIfAbsent(server, _ -> new ArrayDeque<>());
      own.addLast(session);
      size++;
      if (own.size() > PER_SERVER) {
        ssl.sessionFree(own.removeFirst());
        size--;
      }
      while (size > limit) {
        evict(ssl);
      }
      return true;
    } finally {
      busy.set(false);
    }
  }

  /// {@return a session to go on from, with a use of its own; 0 for none}
  long take(SslCalls ssl, ServerId server) {
    if (!enter()) {
      return 0;
    }
    try {
      ArrayDeque<Long> own = sessions.get(server);
      while (own != null && !own.isEmpty()) {
        long session = own.removeLast();
        if (ssl.sessionResumable(session) == 1) {
          return lend(ssl, server, own, session);
        }
        size--;
        ssl.sessionFree(session);
      }
      sessions.remove(server);
      return 0;
    } finally {
      busy.set(false);
    }
  }

  private long lend(SslCalls ssl, ServerId server, ArrayDeque<Long> own, long session) {
    if (ssl.sessionVersion(session) >= TLS_1_3) {
      size--;
      if (own.isEmpty()) {
        sessions.remove(server);
      }
    } else {
      ssl.sessionUse(session);
      own.addLast(session);
    }
    return session;
  }

  /// Forgets the oldest session of the server used longest ago.
  private void evict(SslCalls ssl) {
    Iterator<ArrayDeque<Long>> eldest = sessions.values().iterator();
    ArrayDeque<Long> own = eldest.next();
    ssl.sessionFree(own.removeFirst());
    size--;
    if (own.isEmpty()) {
      eldest.remove();
    }
  }

  /// Forgets all; when nobody else can ask any more.
  void clear(SslCalls ssl) {
    sessions.values().forEach(own -> own.forEach(ssl::sessionFree));
    sessions.clear();
    size = 0;
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

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls.engine;

import java.util.Collections;
import java.util.Enumeration;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;
import org.jspecify.annotations.Nullable;

/// The sessions to resume, seen from outside: they are the library's, so that none is listed.
/// Thread-safe.
final class ContextSessions implements SSLSessionContext {
  private final AtomicInteger size;

  /// @param size sessions remembered at first
  ContextSessions(int size) {
    this.size = new AtomicInteger(size);
  }

  @Override
  public @Nullable SSLSession getSession(byte[] id) {
    return null;
  }

  @Override
  public Enumeration<byte[]> getIds() {
    return Collections.emptyEnumeration();
  }

  @Override
  public void setSessionTimeout(int seconds) {
    throw new UnsupportedOperationException("how long sessions last is the library's decision");
  }

  /// {@return 0: not known}
  @Override
  public int getSessionTimeout() {
    return 0;
  }

  /// For the connections that follow.
  @Override
  public void setSessionCacheSize(int sessions) {
    if (sessions < 0) {
      throw new IllegalArgumentException("sessions: " + sessions + " (expected: 0 or more)");
    }
    size.set(sessions);
  }

  @Override
  public int getSessionCacheSize() {
    return size.get();
  }
}

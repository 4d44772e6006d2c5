// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls.engine;

import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// The contexts of the configurations last used: connections that are configured alike share one,
/// and with it their sessions to resume. Thread-safe.
final class ContextCache {
  /// One for each set of parameters; few applications have more than two.
  static final int MAX = 32;

  /// Makes a context.
  interface Maker {
    TlsContext make() throws TlsException;
  }

  private final ReentrantLock lock = new ReentrantLock();

  /// Guarded by [#lock]; the one used longest ago is the first.
  private final LinkedHashMap<Object, TlsContext> contexts = new LinkedHashMap<>(16, 0.75f, true);

  ContextCache() {}

  /// {@return the context for a configuration}
  ///
  /// @param key equal for configurations that are
  TlsContext find(Object key, Maker maker) throws TlsException {
    lock.lock();
    try {
      TlsContext known = contexts.get(key);
      if (known != null) {
        return known;
      }
      TlsContext made = maker.make();
      contexts.put(key, made);
      if (contexts.size() > MAX) {
        Map.Entry<Object, TlsContext> oldest = contexts.firstEntry();
        contexts.remove(oldest.getKey());
      }
      return made;
    } finally {
      lock.unlock();
    }
  }
}

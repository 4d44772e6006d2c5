// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.tls;

import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// Contexts by what they were made of. When it is full all are dropped: what is in use comes back
/// at once, and what is not is gone. Thread-safe.
///
/// @param <K> what a context depends on
final class ContextCache<K> {
  private final ConcurrentMap<K, TlsContext> contexts = new ConcurrentHashMap<>();
  private final int most;

  /// @param most contexts kept; 0 = none
  ContextCache(int most) {
    this.most = most;
  }

  /// Makes a context.
  interface Maker<K> {
    TlsContext make(K key) throws TlsException;
  }

  /// {@return the context of a key} Those who come at the same time are given the same.
  TlsContext get(K key, Maker<K> maker) throws TlsException {
    TlsContext known = contexts.get(key);
    if (known != null) {
      return known;
    }
    TlsContext made = maker.make(key);
    if (most == 0) {
      return made;
    }
    if (contexts.size() >= most) {
      contexts.clear();
    }
    TlsContext other = contexts.putIfAbsent(key, made);
    return other == null ? made : other;
  }
}

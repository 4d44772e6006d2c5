// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Objects attached to a request, by typed key. Confined to the request's thread.
public final class Attributes {
  private final Map<Key<?>, Object> values = new HashMap<>();

  Attributes() {}

  /// A key; keys are compared by identity.
  public static final class Key<T> {
    private final Class<T> type;

    private Key(Class<T> type) {
      this.type = type;
    }

    /// {@return a new key, equal to no other; keep it in a constant}
    public static <T> Key<T> of(Class<T> type) {
      return new Key<>(type);
    }
  }

  /// Attaches a value, instead of the one this key had.
  public <T> void set(Key<T> key, T value) {
    values.put(key, value);
  }

  /// {@return the value of this key; null when none was set}
  public <T> @Nullable T get(Key<T> key) {
    Object value = values.get(key);
    return value == null ? null : key.type.cast(value);
  }
}

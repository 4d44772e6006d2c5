// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A type seen through a conversion.
record MappedType<T, U>(ValueType<T> inner, Function<T, U> to, Function<U, T> from)
    implements ValueType<U> {

  @Override
  public @Nullable U read(ConfigNode node, KeyPath at, Problems problems) {
    T value = inner.read(node, at, problems);
    if (value == null) {
      return null;
    }
    try {
      return to.apply(value);
    } catch (IllegalArgumentException e) {
      problems.add(node.place(), at, String.valueOf(e.getMessage()), "expected: " + form());
      return null;
    }
  }

  @Override
  public String form() {
    return inner.form();
  }

  @Override
  public @Nullable String fault(U value) {
    return inner.fault(from.apply(value));
  }

  @Override
  public Object plain(U value) {
    return inner.plain(from.apply(value));
  }

  @Override
  public Map<String, Object> schema() {
    return inner.schema();
  }
}

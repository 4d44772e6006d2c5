// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A block of keys that may also be written as one word, as `"10.0.0.1:80"` for `{ address:
/// "10.0.0.1:80" }`.
///
/// @param lift from the word to the block's value
/// @param lower from the block's value to the word that says the same; null where none does
record ShorthandType<S, T>(
    ValueType<S> word, Function<S, T> lift, Function<T, @Nullable S> lower, ValueType<T> block)
    implements ValueType<T> {

  @Override
  public @Nullable T read(ConfigNode node, KeyPath at, Problems problems) {
    return switch (node) {
      case ConfigNode.Mapping map -> block.read(map, at, problems);
      case ConfigNode other -> {
        S value = word.read(other, at, problems);
        yield value == null ? null : lift.apply(value);
      }
    };
  }

  @Override
  public String form() {
    return word.form() + " or " + block.form();
  }

  @Override
  public @Nullable String fault(T value) {
    return block.fault(value);
  }

  @Override
  public Object plain(T value) {
    S shorter = lower.apply(value);
    return shorter == null ? block.plain(value) : word.plain(shorter);
  }

  @Override
  public Map<String, Object> schema() {
    return Map.of("anyOf", List.of(word.schema(), block.schema()));
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A map or list that may also be written as one word, as `"10.0.0.1:80"` for `{ address:
/// "10.0.0.1:80" }`.
///
/// @param lift from the word to the block's value
/// @param lower from the block's value to the word that says the same; null where none does
record ShorthandType<S, T>(
    ValueType<S> word, Function<S, T> lift, Function<T, @Nullable S> lower, ValueType<T> block)
    implements ValueType<T> {

  @Override
  public @Nullable T read(ConfigNode node, KeyPath at, Problems problems) {
    if (!(node instanceof ConfigNode.Scalar)) {
      return block.read(node, at, problems);
    }
    var told = new Problems(); // the whole form is better help than the word's
    S value = word.read(node, at, told);
    told.list().forEach(p -> problems.add(p.place(), at, p.what(), "expected: " + form()));
    return value == null ? null : lift.apply(value);
  }

  @Override
  public String form() {
    return word.form() + " or " + block.form();
  }

  @Override
  public @Nullable String fault(T value) {
    S shorter = lower.apply(value);
    return shorter == null ? block.fault(value) : word.fault(shorter);
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

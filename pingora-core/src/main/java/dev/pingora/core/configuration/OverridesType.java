// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The type of a block that changes a record given elsewhere.
record OverridesType<B, R>(Block<B, R> block, Function<R, B> toBuilder)
    implements ValueType<UnaryOperator<R>> {

  @Override
  public @Nullable UnaryOperator<R> read(ConfigNode node, KeyPath at, Problems problems) {
    return block.change(node, at, problems, toBuilder);
  }

  @Override
  public String form() {
    return block.form();
  }

  /// A change cannot be asked what it changes; it is never the default, so nothing needs this.
  @Override
  public Object plain(UnaryOperator<R> change) {
    return Map.of();
  }

  @Override
  public Map<String, Object> schema() {
    return block.schema();
  }
}

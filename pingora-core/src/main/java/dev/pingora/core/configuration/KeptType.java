// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A map that is kept as it stands: the operator's own keys.
record KeptType() implements ValueType<ConfigNode.Mapping> {

  @Override
  public ConfigNode.@Nullable Mapping read(ConfigNode node, KeyPath at, Problems problems) {
    if (node instanceof ConfigNode.Mapping map) {
      return map;
    }
    problems.add(node.place(), at, "is not a map", "expected: " + form());
    return null;
  }

  @Override
  public String form() {
    return "{key: anything, …}";
  }

  @Override
  public Object plain(ConfigNode.Mapping map) {
    return Objects.requireNonNull(tree(map), "only words are null");
  }

  /// {@return a node as a tree of maps, lists, strings and nulls}
  static @Nullable Object tree(ConfigNode node) {
    return switch (node) {
      case ConfigNode.Scalar scalar when scalar.isNull() -> null;
      case ConfigNode.Scalar scalar -> scalar.text();
      case ConfigNode.Sequence list ->
          list.items().stream().<@Nullable Object>map(KeptType::tree).toList();
      case ConfigNode.Mapping map -> {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        map.entries().forEach((k, e) -> tree.put(k, tree(e.value())));
        yield tree;
      }
    };
  }

  @Override
  public Map<String, Object> schema() {
    return Map.of("type", "object");
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/// Prints configurations as YAML that [YamlReader] reads back.
public final class YamlText {

  private YamlText() {}

  /// {@return YAML of a [plain][ValueType#plain] block, with the keys of `extra` behind it}
  public static String of(Object plain, ConfigNode.Mapping extra) {
    Map<Object, @Nullable Object> top = new LinkedHashMap<>();
    merge(top, plain);
    merge(top, KeptType.tree(extra));
    DumpSettings settings =
        DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).setWidth(100).build();
    return new Dump(settings).dumpToString(top);
  }

  private static void merge(Map<Object, @Nullable Object> top, @Nullable Object tree) {
    if (tree instanceof Map<?, ?> map) {
      map.forEach((k, v) -> top.put(k, literal(v)));
    }
  }

  /// Text that looks like a variable was not one, or no longer is: it is written so that reading
  /// leaves it alone.
  private static @Nullable Object literal(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case String text -> text.replace("${", "$${");
      case List<?> list -> {
        List<@Nullable Object> copy = new ArrayList<>();
        list.forEach(item -> copy.add(literal(item)));
        yield copy;
      }
      case Map<?, ?> map -> {
        Map<Object, @Nullable Object> copy = new LinkedHashMap<>();
        map.forEach((k, v) -> copy.put(k, literal(v)));
        yield copy;
      }
      case Object other -> other;
    };
  }
}

// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Pieces of JSON schemas (draft 2020-12).
final class Schemas {
  /// What a variable in place of a word looks like; see [Environment].
  private static final Map<String, Object> VARIABLE =
      Map.of("type", "string", "pattern", "\\$\\{[A-Z_][A-Z0-9_]*(:-[^}]*)?\\}");

  private Schemas() {}

  /// {@return `schema`, or a string that holds a variable}
  static Map<String, Object> orVariable(Map<String, Object> schema) {
    return Map.of("anyOf", List.of(schema, VARIABLE));
  }

  /// {@return `schema`, or null}
  static Map<String, Object> orNull(Map<String, Object> schema) {
    return Map.of("anyOf", List.of(schema, Map.of("type", "null")));
  }

  /// {@return any string}
  static Map<String, Object> string() {
    return Map.of("type", "string");
  }

  /// {@return a string of this form}
  static Map<String, Object> string(String pattern) {
    return orVariable(ordered("type", "string", "pattern", "^(" + pattern + ")$"));
  }

  /// {@return a number within bounds, quoted or not}
  static Map<String, Object> number(String type, Number min, Number max) {
    return orVariable(ordered("type", type, "minimum", min, "maximum", max));
  }

  /// {@return one of these words}
  static Map<String, Object> oneOf(List<String> words) {
    return orVariable(Map.of("enum", words));
  }

  /// {@return a map that keeps the order of its arguments: key, value, key, value}
  static Map<String, Object> ordered(Object... keysAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return map;
  }
}

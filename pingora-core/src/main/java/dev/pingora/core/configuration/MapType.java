// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A map from names that the operator chooses to values of one type, in the order of the file.
///
/// @param name what a key must look like
/// @param max most entries
record MapType<T>(ValueType<String> name, ValueType<T> value, int max)
    implements ValueType<Map<String, T>> {

  @Override
  public @Nullable Map<String, T> read(ConfigNode node, KeyPath at, Problems problems) {
    if (!(node instanceof ConfigNode.Mapping map)) {
      problems.add(node.place(), at, "is not a map", "expected: " + form());
      return null;
    }
    String fault = size(map.entries().size());
    if (fault != null) {
      problems.add(node.place(), at, fault, "expected: " + form());
      return null;
    }
    Map<String, T> values = new LinkedHashMap<>();
    boolean whole = true;
    for (Map.Entry<String, ConfigNode.Entry> e : map.entries().entrySet()) {
      var key = new ConfigNode.Scalar(e.getValue().keyPlace(), e.getKey(), false);
      String word = name.read(key, at.key(e.getKey()), problems);
      T read = value.read(e.getValue().value(), at.key(e.getKey()), problems);
      if (word == null || read == null) {
        whole = false;
      } else {
        values.put(word, read);
      }
    }
    return whole ? Collections.unmodifiableMap(values) : null;
  }

  private @Nullable String size(int size) {
    return size > max ? "has %d entries, at most %d are allowed".formatted(size, max) : null;
  }

  @Override
  public String form() {
    return "{" + name.form() + ": " + value.form() + ", …}";
  }

  @Override
  public @Nullable String fault(Map<String, T> values) {
    String fault = size(values.size());
    for (Map.Entry<String, T> e : values.entrySet()) {
      fault = fault == null ? name.fault(e.getKey()) : fault;
      fault = fault == null ? value.fault(e.getValue()) : fault;
    }
    return fault;
  }

  @Override
  public Object plain(Map<String, T> values) {
    Map<String, Object> plain = new LinkedHashMap<>();
    values.forEach((k, v) -> plain.put(k, value.plain(v)));
    return plain;
  }

  @Override
  public Map<String, Object> schema() {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("additionalProperties", value.schema());
    schema.put("maxProperties", max);
    return schema;
  }
}

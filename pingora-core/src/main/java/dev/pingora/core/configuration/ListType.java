// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A list of values of one type, with a bound on its length.
record ListType<T>(ValueType<T> element, int min, int max) implements ValueType<List<T>> {

  @Override
  public @Nullable List<T> read(ConfigNode node, KeyPath at, Problems problems) {
    if (!(node instanceof ConfigNode.Sequence list)) {
      problems.add(node.place(), at, "is not a list", "expected: " + form());
      return null;
    }
    String fault = size(list.items().size());
    if (fault != null) {
      problems.add(node.place(), at, fault, "expected: " + form());
      return null;
    }
    List<T> values = new ArrayList<>(list.items().size());
    boolean whole = true;
    for (int i = 0; i < list.items().size(); i++) {
      T value = element.read(list.items().get(i), at.index(i), problems);
      if (value == null) {
        whole = false;
      } else {
        values.add(value);
      }
    }
    return whole ? List.copyOf(values) : null;
  }

  private @Nullable String size(int size) {
    if (size < min) {
      return size == 0
          ? "is empty"
          : "has %d elements, at least %d are needed".formatted(size, min);
    }
    return size > max ? "has %d elements, at most %d are allowed".formatted(size, max) : null;
  }

  @Override
  public String form() {
    return "[" + element.form() + ", …]";
  }

  @Override
  public @Nullable String fault(List<T> values) {
    String fault = size(values.size());
    for (int i = 0; fault == null && i < values.size(); i++) {
      fault = element.fault(values.get(i));
    }
    return fault;
  }

  @Override
  public Object plain(List<T> values) {
    return values.stream().map(element::plain).toList();
  }

  @Override
  public Map<String, Object> schema() {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "array");
    schema.put("items", element.schema());
    schema.put("minItems", min);
    schema.put("maxItems", max);
    return schema;
  }
}

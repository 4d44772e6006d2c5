// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A table of keys that make up one record: what the reader, the writer and the schema go by.
///
/// Reading tells every problem of the block: keys nobody knows (with the nearest known one), keys
/// of a later version, keys that lack, values of the wrong form. Immutable.
///
/// @param <B> the record's builder
/// @param <R> the record
public final class Block<B, R> implements ValueType<R> {
  private final Map<String, Key<B, R>> keys;
  private final Supplier<B> builder;
  private final Function<B, R> build;
  private final Supplier<R> defaults;

  private Block(
      List<Key<B, R>> keys, Supplier<B> builder, Function<B, R> build, Supplier<R> defaults) {
    Map<String, Key<B, R>> table = new LinkedHashMap<>();
    for (Key<B, R> key : keys) {
      if (table.put(key.name(), key) != null) {
        throw new IllegalArgumentException("two keys " + key.name());
      }
    }
    this.keys = Collections.unmodifiableMap(table);
    this.builder = builder;
    this.build = build;
    this.defaults = defaults;
  }

  /// {@return a block whose defaults are what a fresh builder holds}
  public static <B, R> Block<B, R> of(
      Supplier<B> builder, Function<B, R> build, List<Key<B, R>> keys) {
    return new Block<>(keys, builder, build, () -> build.apply(builder.get()));
  }

  /// {@return a block with required keys}
  ///
  /// @param example a record whose other components hold the defaults, for the schema
  public static <B, R> Block<B, R> withRequired(
      Supplier<B> builder, Function<B, R> build, Supplier<R> example, List<Key<B, R>> keys) {
    return new Block<>(keys, builder, build, example);
  }

  /// {@return the keys of this block as keys of a record that holds this block's record, for a file
  /// where both stand side by side}
  public <B2, R2> List<Key<B2, R2>> keysWithin(Function<B2, B> inner, Function<R2, R> value) {
    List<Key<B2, R2>> outer = new ArrayList<>();
    keys.values().forEach(key -> outer.add(key.within(inner, value)));
    return outer;
  }

  /// {@return this block without some of its keys: where only a part of it can be overridden}
  public Block<B, R> without(String... names) {
    List<String> left = List.of(names);
    List<Key<B, R>> kept = keys.values().stream().filter(k -> !left.contains(k.name())).toList();
    return new Block<>(kept, builder, build, defaults);
  }

  @Override
  public @Nullable R read(ConfigNode node, KeyPath at, Problems problems) {
    List<Consumer<B>> assignments = assignments(node, at, problems);
    return assignments == null ? null : built(node, at, problems, assignments);
  }

  /// Reads a block that may hold keys of someone else: these are not problems.
  ///
  /// @param extra gets the unknown entries, in the order of the file
  public @Nullable R readOpen(
      ConfigNode.Mapping map, KeyPath at, Problems problems, Consumer<ConfigNode.Mapping> extra) {
    Map<String, ConfigNode.Entry> known = new LinkedHashMap<>();
    Map<String, ConfigNode.Entry> unknown = new LinkedHashMap<>();
    map.entries().forEach((k, v) -> (keys.containsKey(k) ? known : unknown).put(k, v));
    extra.accept(new ConfigNode.Mapping(map.place(), unknown));
    return read(new ConfigNode.Mapping(map.place(), known), at, problems);
  }

  /// {@return a type of the same keys that yields a change to a record and not a record: what is
  /// not said stays as it is there}
  ///
  /// @param toBuilder from the record to a builder that holds it
  public ValueType<UnaryOperator<R>> overrides(Function<R, B> toBuilder) {
    return new OverridesType<>(this, toBuilder);
  }

  /// {@return the change that the block at `node` asks for, or null after a problem}
  @Nullable UnaryOperator<R> change(
      ConfigNode node, KeyPath at, Problems problems, Function<R, B> toBuilder) {
    List<Consumer<B>> assignments = assignments(node, at, problems);
    // Built once here so that contradictions within the block are told with its place.
    if (assignments == null || built(node, at, problems, assignments) == null) {
      return null;
    }
    return record -> {
      B b = toBuilder.apply(record);
      assignments.forEach(a -> a.accept(b));
      return build.apply(b);
    };
  }

  private @Nullable R built(
      ConfigNode node, KeyPath at, Problems problems, List<Consumer<B>> assignments) {
    B b = builder.get();
    assignments.forEach(a -> a.accept(b));
    try {
      return build.apply(b);
    } catch (KeyFault fault) { // a rule over several keys
      fault.tell(node, at, problems);
      return null;
    } catch (IllegalArgumentException e) {
      problems.add(node.place(), at, String.valueOf(e.getMessage()));
      return null;
    }
  }

  /// {@return what puts the values read into a builder, or null after a problem}
  @Nullable List<Consumer<B>> assignments(ConfigNode node, KeyPath at, Problems problems) {
    if (!(node instanceof ConfigNode.Mapping map)) {
      String what =
          node instanceof ConfigNode.Scalar s && s.isNull() ? "has no value" : "is not a map";
      problems.add(node.place(), at, what, "expected: " + form());
      return null;
    }
    int before = problems.count();
    List<Consumer<B>> assignments = new ArrayList<>();
    map.entries()
        .forEach((name, entry) -> {
          Consumer<B> assignment = assignment(name, entry, at.key(name), problems);
          if (assignment != null) {
            assignments.add(assignment);
          }
        });
    for (Key<B, R> key : keys.values()) {
      if (key.isRequired() && !map.entries().containsKey(key.name())) {
        problems.add(map.place(), at.key(key.name()), "is missing", "expected: " + key.form());
      }
    }
    return problems.count() == before ? assignments : null;
  }

  private @Nullable Consumer<B> assignment(
      String name, ConfigNode.Entry entry, KeyPath at, Problems problems) {
    Key<B, R> key = keys.get(name);
    if (key == null) {
      String nearest = Nearest.of(name, supported());
      String hint = nearest == null ? "expected: " + form() : "did you mean: " + nearest;
      problems.add(entry.keyPlace(), at, "unknown key", hint);
      return null;
    }
    if (key.isLater()) {
      problems.add(entry.keyPlace(), at, "not yet supported");
      return null;
    }
    return key.read(entry.value(), at, problems);
  }

  private List<String> supported() {
    return keys.values().stream().filter(k -> !k.isLater()).map(Key::name).toList();
  }

  @Override
  public String form() {
    return supported().stream().collect(Collectors.joining(", ", "{", "}"));
  }

  @Override
  public Object plain(R value) {
    Map<String, Object> plain = new LinkedHashMap<>();
    for (Key<B, R> key : keys.values()) {
      Object held = key.isLater() ? null : key.plain(value);
      if (held != null) { // null says no more than a missing key
        plain.put(key.name(), held);
      }
    }
    return plain;
  }

  @Override
  public Map<String, Object> schema() {
    R record = defaults.get();
    Map<String, Object> properties = new LinkedHashMap<>();
    keys.values().forEach(key -> properties.put(key.name(), key.schema(record)));
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("properties", properties);
    schema.put("additionalProperties", false);
    List<String> required = keys.values().stream().filter(Key::isRequired).map(Key::name).toList();
    if (!required.isEmpty()) {
      schema.put("required", required);
    }
    return schema;
  }
}
